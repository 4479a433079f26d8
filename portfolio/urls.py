"""The roof: which floor answers which address. Rooms of the floors are named by string."""

from allauth.account import views as allauth
from django.conf import settings
from django.urls import include, path, re_path

from portfolio.access import open_to_all, signed_in_to_set_up
from portfolio.enums import Role
from portfolio.views import security
from portfolio.views.home import Section, home
from portfolio.views.interrupted import again
from portfolio.views.invitation import by_invitation_only
from portfolio.views.single_sign_on import single_sign_on, single_sign_on_callback

SECTIONS = {
    Role.CANDIDATE: Section(
        "assessments:candidate_home", "My portfolio", "Your units, your evidence and what to do next."
    ),
    Role.ASSESSOR: Section("assessments:queue", "Assessing", "Evidence that waits for you, and your candidates."),
    Role.INTERNAL_VERIFIER: Section("assessments:sampling", "Verifying", "Units to sample, and actions to close."),
    Role.LEAD_VERIFIER: Section("assessments:sampling", "Verifying", "Units to sample, and actions to close."),
    Role.EXTERNAL_VERIFIER: Section(
        "assessments:external_home", "My visit", "The work you look at, and what you asked for."
    ),
    Role.ADMINISTRATOR: Section("portfolio:people", "People", "Candidates and staff of your centre, and their roles."),
}

accounts = [
    path("login/", open_to_all(allauth.login), name="account_login"),
    path("oidc/", single_sign_on, name="account_single_sign_on"),
    path("oidc/callback/", single_sign_on_callback, {"provider_id": settings.OIDC_ID}, name="openid_connect_callback"),
    path("oidc/end/", security.end_single_sign_on, name="account_end_single_sign_on"),
    path("again/", again, name="account_again"),
    path("logout/", open_to_all(allauth.logout), name="account_logout"),
    path("inactive/", open_to_all(allauth.account_inactive), name="account_inactive"),
    path("signup/", by_invitation_only, name="account_signup"),
    path("password/change/", signed_in_to_set_up(allauth.password_change), name="account_change_password"),
    path("reauthenticate/", signed_in_to_set_up(allauth.reauthenticate), name="account_reauthenticate"),
    path("security/", security.security, name="mfa_index"),
    path("sessions/<int:pk>/end/", security.end_session, name="account_end_session"),
    path("sessions/end-others/", security.end_other_sessions, name="account_end_other_sessions"),
    path("code/", security.authenticate, name="mfa_authenticate"),
    path("code/again/", security.code_again, name="mfa_reauthenticate"),
    path("app/", security.set_up_app, name="mfa_activate_totp"),
    path("app/move/", security.move_app, name="mfa_move_totp"),
    path("app/remove/", security.remove_app, name="mfa_deactivate_totp"),
    path("passkeys/new/", security.add_passkey, name="mfa_add_webauthn"),
    path("passkeys/<int:pk>/rename/", security.rename_passkey, name="mfa_edit_webauthn"),
    path("passkeys/<int:pk>/remove/", security.remove_passkey, name="mfa_remove_webauthn"),
    path("passkeys/sign-in/", security.sign_in_by_passkey, name="mfa_login_webauthn"),
    path("recovery-codes/", security.recovery_codes, name="mfa_view_recovery_codes"),
    path("recovery-codes/file/", security.recovery_codes_file, name="mfa_download_recovery_codes"),
    path("recovery-codes/new/", security.new_recovery_codes, name="mfa_generate_recovery_codes"),
    path("password/reset/", open_to_all(allauth.password_reset), name="account_reset_password"),
    path("password/reset/done/", open_to_all(allauth.password_reset_done), name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        open_to_all(allauth.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        open_to_all(allauth.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
]

urlpatterns = [
    path("", home, {"sections": SECTIONS}, name="home"),
    path("accounts/", include(accounts)),
    path("", include("portfolio.routes")),
    path("units/", include("units.urls")),
    path("", include("assessments.urls")),
]

handler500 = "portfolio.views.faults.server_error"
