#!/bin/sh
# What is done at its hours, where no systemd does it (deploy/systemd/*.timer): one of these runs beside the workers.
# Every command may run as often as one likes, also twice at once; one that fails says so and keeps no other from running.
set -u
cd "$(dirname "$0")/.."

run() { python manage.py "$@" || echo "{\"level\": \"ERROR\", \"logger\": \"clock\", \"message\": \"$1 failed\"}" >&2; }

last_hour='' last_day=''
while true; do
    run send_waiting_mail
    run requeue_lost_documents
    run scan_waiting_files
    hour=$(TZ=Europe/London date +%Y%m%d%H)
    day=$(TZ=Europe/London date +%Y%m%d)
    if [ "$hour" != "$last_hour" ]; then
        run send_digests
        last_hour=$hour
    fi
    # Once a day, from six in the morning.
    if [ "$day" != "$last_day" ] && [ "${hour#"$day"}" -ge 6 ]; then
        run tell_due
        run backup /backups --keep 30
        run sweep_vault
        run sweep_work
        run prune_db_task_results
        run clearsessions
        run verify_audit
        last_day=$day
    fi
    sleep 300
done
