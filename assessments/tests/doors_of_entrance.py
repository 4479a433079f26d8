"""How people are answered at the pages of second factors: nobody has one, or has just signed in. See doorways.py."""

from assessments.tests.answers import Expected, everybody, signed_in

TABLE_OF_ENTRANCE: dict[str, Expected] = {
    "account_end_session": Expected(signed_in(405), lambda scene: [0], posted=signed_in(302)),
    "account_end_other_sessions": Expected(signed_in(405), posted=signed_in(302)),
    "account_end_single_sign_on": Expected(signed_in(405), posted=signed_in(302)),
    "account_single_sign_on": Expected(everybody(404, signed_in=404)),
    "openid_connect_callback": Expected(everybody(404, signed_in=404)),
    "mfa_index": Expected(signed_in()),
    "mfa_authenticate": Expected(everybody(302, signed_in=302)),
    "mfa_reauthenticate": Expected(signed_in(302)),
    "mfa_activate_totp": Expected(signed_in(302)),
    "mfa_move_totp": Expected(signed_in(302)),
    "mfa_deactivate_totp": Expected(signed_in(404)),
    "mfa_add_webauthn": Expected(signed_in(302)),
    "mfa_remove_webauthn": Expected(signed_in(302), lambda scene: [0]),
    "mfa_edit_webauthn": Expected(signed_in(404), lambda scene: [0]),
    "mfa_login_webauthn": Expected(everybody(302, signed_in=302)),
    "mfa_view_recovery_codes": Expected(signed_in(302)),
    "mfa_download_recovery_codes": Expected(signed_in(302)),
    "mfa_generate_recovery_codes": Expected(signed_in(302)),
}
