"""What of the entrance nobody visits by itself. See visits.py; second factors are walked through with a code."""

LOOKED_AT = "looked at in test_second_factor_in_browser"
NO_PAGE_OF_THE_ENTRANCE = {
    "account_again": "answers to a form that was interrupted",
    "account_reset_password_from_key": "its key is made for one letter; its form is that of the invitation",
    "account_end_session": "answers to a press of a button only",
    "account_end_other_sessions": "answers to a press of a button only",
    "account_end_single_sign_on": "answers to a press of a button only",
    "account_single_sign_on": "leads to the provider of identities",
    "openid_connect_callback": "where that leads back to",
    "mfa_login_webauthn": "answers to a script, and to what a passkey says",
    "mfa_download_recovery_codes": "a download",
    **dict.fromkeys(
        (
            "mfa_authenticate",
            "mfa_reauthenticate",
            "mfa_activate_totp",
            "mfa_move_totp",
            "mfa_deactivate_totp",
            "mfa_add_webauthn",
            "mfa_remove_webauthn",
            "mfa_edit_webauthn",
            "mfa_view_recovery_codes",
            "mfa_generate_recovery_codes",
        ),
        LOOKED_AT,
    ),
}
