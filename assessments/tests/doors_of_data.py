"""The doors of requests for data. See test_doors.py."""

from typing import Any

from assessments.models import DataRequest
from assessments.testing import House
from assessments.tests.acts_of_data import a_request
from assessments.tests.answers import Expected, everybody, office, signed_in


def set_data(house: House) -> None:
    """A request of which it is known who asks, and one of which it is not."""
    a_request(house, identity="")
    a_request(house)


def slug(scene: Any) -> list[object]:
    return [scene.house.centre.slug]


def known(scene: Any) -> list[object]:
    return [DataRequest.objects.filter(centre=scene.house.centre, confirmed_on__isnull=False).latest("pk").pk]


def unknown(scene: Any) -> list[object]:
    return [DataRequest.objects.filter(centre=scene.house.centre, confirmed_on=None).latest("pk").pk]


TABLE_OF_DATA = {
    "assessments:privacy": Expected(signed_in()),
    "portfolio:privacy_notice": Expected(everybody(404, signed_in=404), slug),
    "portfolio:set_privacy_notice": Expected(office(), slug),
    "assessments:centre_data_requests": Expected(office(), slug),
    "assessments:data_requests_file": Expected(office(), lambda scene: [*slug(scene), "csv"]),
    "assessments:record_data_request": Expected(office(), slug),
    "assessments:data_request": Expected(office(), known),
    "assessments:confirm_who_asks": Expected(office(), unknown),
    "assessments:take_more_time": Expected(office(), known),
    "assessments:make_copy": Expected(office(), known),
    "assessments:hand_over": Expected(office(302), known),
    "assessments:close_data_request": Expected(office(), known),
}
