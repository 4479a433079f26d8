"""What lies in deploy/ fits together: settings, commands and paths exist, and every file tells the same story.

`bin/try-server` runs the plain server for real; containers are looked through here, as nothing here can build them.
"""

import re
import socket
import ssl
import subprocess
import warnings
from pathlib import Path
from typing import Any

import pytest
import pytest_django
import yaml
from django.conf import settings
from django.core.management import get_commands, load_command_class

from portfolio.tests import certificates, nginx
from portfolio.tests.programs import program

DEPLOY = Path(settings.BASE_DIR) / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
HOME = "/opt/nvq-portfolio/"
READ_BY_OTHERS = {"WEB_CONCURRENCY", "PROMETHEUS_MULTIPROC_DIR"}
"""Variables that gunicorn and prometheus-client read."""


@pytest.fixture(autouse=True)
def as_installed(settings: pytest_django.Settings) -> None:
    """The queue of an installation, which the worker asks for."""
    settings.TASKS = {"default": settings.TASKS["default"] | {"BACKEND": "portfolio.queueing.Queue"}}


def text(name: str) -> str:
    return (DEPLOY / name).read_text()


def settings_read() -> set[str]:
    source = (Path(settings.BASE_DIR) / "portfolio" / "settings.py").read_text()
    return set(re.findall(r'(?:env|env_bool|env_int|roles_named|required)\(\s*"([A-Z_0-9]+)"', source))


def unit(path: Path) -> dict[str, list[str]]:
    """What a unit says, by section and key."""
    found: dict[str, list[str]] = {}
    section = ""
    for line in path.read_text().splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif "=" in line and not line.startswith("#"):
            key, value = line.split("=", 1)
            found.setdefault(f"{section}.{key}", []).append(value)
    return found


def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(text("compose.yaml"))
    return read


def arguments_exist(command: list[str]) -> None:
    """`manage.py <name> …`: there is such a command, and it takes these arguments."""
    name, *arguments = command[command.index("manage.py") + 1 :]
    parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
    parser.parse_args(arguments)


# --- settings --------------------------------------------------------------------------------------------------------


def test_the_example_of_the_environment_holds_every_setting_and_no_other() -> None:
    named = re.findall(r"^#?([A-Z_0-9]+)=", text("server.env.example"), re.M)
    assert set(named) == settings_read()
    assert len(named) == len(set(named))


def test_what_it_calls_a_default_is_the_default() -> None:
    source = (Path(settings.BASE_DIR) / "portfolio" / "settings.py").read_text()
    numbers = dict(re.findall(r'env_int\("([A-Z_0-9]+)", (\d+)\)', source))
    example = dict(re.findall(r"^#([A-Z_0-9]+)=(\d+)$", text("server.env.example"), re.M))
    assert len(set(numbers) & set(example)) >= 5
    assert {name: example[name] for name in numbers if name in example} == {
        name: numbers[name] for name in numbers if name in example
    }


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(DEPLOY.rglob("*")) if path.is_file() and path.suffix != ".pyc"],
    ids=lambda p: p.name,
)
def test_no_file_names_a_setting_that_there_is_not(path: Path) -> None:
    named = set(re.findall(r"\b(NVQ_[A-Z_0-9]+|WEB_CONCURRENCY|DATABASE_URL|SECRET_KEY)\b", path.read_text()))
    assert named <= settings_read() | READ_BY_OTHERS


# --- systemd ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [path for path in UNITS if path.suffix == ".service"], ids=lambda p: p.name)
def test_a_service_starts_what_exists_and_sees_no_more_than_it_needs(path: Path) -> None:
    said = unit(path)
    (started,) = said["Service.ExecStart"]
    program, *arguments = started.replace("%i", "tell_due").split()
    assert program.startswith(f"{HOME}.venv/bin/")
    if "manage.py" in arguments:
        arguments_exist(arguments)
    else:
        assert (Path(settings.BASE_DIR) / arguments[arguments.index("--config") + 1]).exists()
    wanted = {"User": "nvq-portfolio", "WorkingDirectory": HOME.rstrip("/"), "ProtectSystem": "strict", "UMask": "0077"}
    wanted |= {
        "NoNewPrivileges": "yes",
        "CapabilityBoundingSet": "",
        "EnvironmentFile": "/etc/nvq-portfolio/server.env",
    }
    assert {key: said[f"Service.{key}"][0] for key in wanted} == wanted


@pytest.mark.parametrize("path", [path for path in UNITS if path.suffix == ".timer"], ids=lambda p: p.name)
def test_a_timer_runs_a_command_that_exists_and_the_target_wants_it(path: Path) -> None:
    (runs,) = unit(path)["Timer.Unit"]
    template, at, command = runs.removesuffix(".service").partition("@")
    assert (DEPLOY / "systemd" / f"{template}{at}.service").exists()
    if command:
        arguments_exist(["manage.py", command])
    (wanted,) = unit(DEPLOY / "systemd" / "nvq-portfolio.target")["Unit.Wants"]
    assert path.name in wanted.split()


def test_systemd_understands_every_unit(tmp_path: Path) -> None:
    analyze = program("systemd-analyze")
    for path in UNITS:
        content = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", path.read_text(), flags=re.M)
        (tmp_path / path.name.replace("@.", "@tell_due.")).write_text(content)
    named = [str(path) for path in sorted(tmp_path.iterdir())]
    run = subprocess.run([analyze, "verify", *named], capture_output=True, text=True, check=False)
    about_ours = [line for line in run.stderr.splitlines() if "nvq-portfolio" in line and "Failed to" not in line]
    assert about_ours == []


def test_clock_and_timers_do_the_same_and_operators_are_told_of_each() -> None:
    timed = {unit(path)["Timer.Unit"][0] for path in UNITS if path.suffix == ".timer"}
    by_systemd = {name.removeprefix("nvq-portfolio-run@").removesuffix(".service") for name in timed}
    by_systemd = {name.removeprefix("nvq-portfolio-") for name in by_systemd}
    by_clock = re.findall(r"^\s+run ([a-z_]+)(.*)$", text("clock.sh"), re.M)
    assert {name for name, _ in by_clock} == by_systemd
    told = (Path(settings.BASE_DIR) / "docs" / "guide" / "operator.md").read_text()
    assert [name for name in by_systemd if f"`{name}`" not in told] == []
    for name, arguments in by_clock:
        arguments_exist(["manage.py", name, *arguments.split()])
    subprocess.run(["sh", "-n", str(DEPLOY / "clock.sh")], check=True)


# --- nginx -----------------------------------------------------------------------------------------------------------


def test_nginx_finds_what_it_names() -> None:
    conf = text("nginx/nvq-portfolio.conf")
    (socket,) = unit(DEPLOY / "systemd" / "nvq-portfolio-web.socket")["Socket.ListenStream"]
    assert f"server unix:{socket} " in conf
    (static,) = re.findall(rf"alias {HOME}([^/;]+)/;", conf)
    assert static == Path(settings.STATIC_ROOT).name
    (root,) = re.findall(rf"root {HOME}([^;]+);", conf)
    assert (Path(settings.BASE_DIR) / root / "away.html").exists()
    assert f"proxy_set_header {settings.SECURE_PROXY_SSL_HEADER or 'X-Forwarded-Proto'} https;" in conf
    # Nothing of the address goes to the log.
    assert not re.search(r"\$(request_uri|uri|args|request|http_referer|remote_user|remote_addr)\b",
                         conf[conf.index("log_format"):conf.index("server {")])  # fmt: skip


def test_nginx_speaks_tls_1_2_and_1_3_alone(tmp_path: Path) -> None:
    """Also where OpenSSL would speak an older one, as it does at its lowest level."""
    path = tmp_path / "certificate.pem"
    path.write_bytes(certificates.an_authority().pem_for("localhost"))
    said = re.findall(r"^    ssl_(?:protocols|prefer|session)\w* .*;$", text("nginx/nvq-portfolio.conf"), re.M)
    lines = [*said, f"ssl_certificate {path};", f"ssl_certificate_key {path};", "ssl_ciphers ALL:@SECLEVEL=0;"]
    with nginx.running(tmp_path / "nginx", "\n".join(lines), tls=True) as port:
        assert {version: answers_by(version, port) for version in ssl.TLSVersion if version.name.startswith("TLS")} == {
            ssl.TLSVersion.TLSv1: False,
            ssl.TLSVersion.TLSv1_1: False,
            ssl.TLSVersion.TLSv1_2: True,
            ssl.TLSVersion.TLSv1_3: True,
        }


def answers_by(version: ssl.TLSVersion, port: int) -> bool:
    """Whether somebody answers there who is spoken to by this version alone."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        context.minimum_version = context.maximum_version = version
    with socket.create_connection(("127.0.0.1", port), 10) as line:
        try:
            with context.wrap_socket(line) as secure:
                return secure.version() is not None
        except (ssl.SSLError, ConnectionError):
            return False


def test_large_files_pass_whole_and_in_pieces() -> None:
    conf = text("nginx/nvq-portfolio.conf")
    whole, pieces = (int(size) for size in re.findall(r"client_max_body_size (\d+)m;", conf))
    assert whole > settings.UPLOAD_LIMIT / 2**20
    assert pieces >= 16
    where = re.search(r"location ~ (\^/\(uploads.*) \{", conf)
    assert where is not None
    assert re.match(where[1], "/centre/northgate/uploads/")
    assert re.match(where[1], "/uploads/0e2f/")


# --- containers ------------------------------------------------------------------------------------------------------


def test_the_services_of_compose_run_what_exists() -> None:
    services = compose()["services"]
    assert set(services) == {"migrate", "web", "worker", "clock", "proxy", "database", "objects", "scanner"}
    for name in ("migrate", "web", "worker", "clock"):
        service = services[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["build"]["target"] == "product"
        assert any(volume.startswith("data:") for volume in service["volumes"])
        command = service.get("command", [])
        if "manage.py" in command:
            arguments_exist(command)
        for part in (part for part in command if part.startswith("deploy/")):
            assert (Path(settings.BASE_DIR) / part).exists()
    assert "ports" not in services["database"]
    assert services["database"]["networks"] == ["inside"]


def test_the_container_file_names_what_exists_and_runs_as_nobody() -> None:
    file = text("Containerfile")
    stages = re.findall(r"^FROM \S+ AS (\w+)$", file, re.M)
    assert stages == ["packages", "product", "proxy"]
    product = file[file.index("AS product") : file.index("AS proxy")]
    assert "\nUSER 10001:10001\n" in product
    assert product.index("USER 10001") < product.index("HEALTHCHECK") < product.index("\nCMD ")
    for name in re.findall(r"\b(?:deploy/[\w./-]+|requirements\.txt)", re.sub(r"^#.*$", "", file, flags=re.M)):
        assert (Path(settings.BASE_DIR) / name).exists(), name
    conf = text("nginx/nvq-portfolio.conf")
    for replaced in re.findall(r"-e ['\"]s\|([^|]+)\|", file):
        assert replaced in conf
    ignored = (Path(settings.BASE_DIR) / ".dockerignore").read_text().split()
    assert {".git", ".venv", "var", "deploy/server.env"} <= set(ignored)
