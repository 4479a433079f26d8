"""Two addresses of one mailbox are one; and links for people without a sign-in."""

import pytest
from django.db.models import Value

from portfolio import links
from portfolio.models import Mailbox, User


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        ("ann.lee@work.example", "ann.lee@work.example"),
        ("Ann.Lee+nvq+2@Work.Example", "ann.lee@work.example"),
        ("a.n.n.lee+nvq@GMail.com", "annlee@gmail.com"),
        ("annlee@googlemail.com", "annlee@gmail.com"),
        ("ann.lee@gmail.com.example", "ann.lee@gmail.com.example"),
    ],
)
def test_the_database_tells_mailboxes_apart(address: str, mailbox: str) -> None:
    User.objects.create_user(address)
    assert User.objects.get().mailbox == mailbox
    assert User.objects.filter(mailbox=Mailbox(Value(address))).exists()
    assert not User.objects.filter(mailbox=Mailbox(Value(f"x{address}"))).exists()


def test_a_link_is_for_one_record_and_one_purpose_and_never_the_same_twice() -> None:
    first, second = links.new_token("witness", 7), links.new_token("witness", 7)
    assert links.record_of(first, "witness") == links.record_of(second, "witness") == 7
    assert links.digest_of(first) != links.digest_of(second)
    assert links.record_of(first, "something else") is None
    assert links.record_of(first[:-1], "witness") is None
    assert links.record_of("7", "witness") is None
