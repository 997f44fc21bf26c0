"""Numbers as people write them: normalised and verified, or refused with a reason."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.records import numbers
from loaders.wording import UnreadableError


def checked(eight: int) -> str:
    return f"{eight:08d}{97 - eight % 97:02d}"


@pytest.mark.parametrize(
    "text",
    [
        "0403019261", "0403.019.261", "0403.019.261 ", "BE 0403 019 261", "BE0403.019.261",
        "be 0403.019.261", "TVA BE 0403.019.261", "BTW 0403019261",
        "(0)403019261", "0403-019-261", "0403\u00a0019\u00a0261", "4.03019261E+08", "403019261.0",
    ],
)  # fmt: skip
def test_an_enterprise_number_is_read_as_people_write_it(text: str) -> None:
    assert numbers.kbo(text) == "0403019261"


def test_62_a_leading_zero_is_restored_only_where_the_check_digits_fit() -> None:
    found = numbers.read("kbo", "403019261")
    assert found.value == "0403019261"
    (remark,) = found.remarks
    assert "leading zero" in remark.en
    assert "zéro" in remark.fr
    with pytest.raises(UnreadableError, match="9 digits instead of 10 and.* wrong check digits"):
        numbers.kbo("403019262")


def test_63_scientific_notation_is_read_where_it_is_exact_and_refused_where_digits_are_lost() -> (
    None
):
    assert numbers.kbo("4,03019261E+08") == "0403019261"
    for lost in ("4.00123E+08", "4,00123E+08", "4E8", "4.03E+08"):
        with pytest.raises(UnreadableError, match="digits of the number are lost") as caught:
            numbers.kbo(lost)
        assert "Texte" in caught.value.remedy.fr


@pytest.mark.parametrize(
    "text", ["０403019261", "٠403019261", "0403019²61", "040301926①", "Ⅳ03019261"]
)
def test_64_foreign_digits_are_refused_by_name(text: str) -> None:
    with pytest.raises(UnreadableError, match="is not a digit from 0 to 9"):
        numbers.kbo(text)


@pytest.mark.parametrize("hidden", ["\u200b", "\ufeff", "\u2060", "\u200e", "\u00ad"])
def test_65_invisible_characters_are_taken_out_with_a_remark(hidden: str) -> None:
    found = numbers.read("kbo", f"0403{hidden}019261")
    assert found.value == "0403019261"
    assert [remark.en for remark in found.remarks] == [numbers.INVISIBLE.en]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("0403019262", "the check digits of 0403019262 are wrong"),
        ("0403091261", "the check digits of 0403091261 are wrong"),
        ("0000000097", "wrong"),
        ("2100000067", "no enterprise number begins with 2"),
        ("04030192611", "11 digits instead of 10"),
        ("40301926", "8 digits instead of 10"),
        ("", "is no enterprise number"),
        ("NA", "is no enterprise number"),
        ("-", "is no enterprise number"),
        ("0403019261 / 0403019262", "20 digits instead of 10"),
        ("O403019261", "is no enterprise number"),
        ("0403,019,261", "is no enterprise number"),
        ("403019261.5", "no enterprise number begins with 4"),
    ],
)
def test_66_a_wrong_number_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason) as caught:
        numbers.kbo(text)
    assert caught.value.reason.fr != caught.value.reason.en
    assert caught.value.remedy


def test_the_numbers_of_other_registers() -> None:
    assert numbers.kbo_establishment("2.100.000.015") == "2100000015"
    assert numbers.siren("732 829 320") == "732829320"
    assert numbers.siret("732 829 320 00074") == "73282932000074"
    assert numbers.siret("356 000 000 49837") == "35600000049837"  # La Poste has a sum of its own
    assert numbers.rna("w751000001") == "W751000001"
    for read, wrong in (
        (numbers.kbo_establishment, "0403019261"),
        (numbers.siren, "732829321"),
        (numbers.siren, "000000000"),
        (numbers.siret, "73282932000075"),
        (numbers.rna, "751000001"),
        (numbers.rna, "W75100000"),
    ):
        with pytest.raises(UnreadableError):
            read(wrong)


@given(st.integers(1, 19_999_999))
def test_every_number_with_its_check_digits_is_read_and_no_other(eight: int) -> None:
    right = checked(eight)
    assert numbers.kbo(right) == right
    for check in range(100):
        wrong = f"{eight:08d}{check:02d}"
        if wrong != right:
            with pytest.raises(UnreadableError):
                numbers.kbo(wrong)


@given(st.text())
def test_any_text_is_a_verified_number_or_refused_in_words(text: str) -> None:
    for kind in numbers.KINDS:
        with suppress(UnreadableError):
            found = numbers.read(kind, text)
            assert re.fullmatch(r"W?\d+", found.value, re.ASCII)
            assert numbers.read(kind, found.value).value == found.value
