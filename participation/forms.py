"""What a reader may send: checked at the door, complaints in plain words."""

from typing import Any

from django import forms
from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from mapping.models import City
from participation.models import Report

# A pin farther from the city than this is a slip of the finger, about 50 km.
PIN_MARGIN_DEG = 0.5


class ReportForm(forms.Form):
    """A mistake on a card."""

    about = forms.ChoiceField(
        label=lazy("What is wrong?"),
        choices=Report.About.choices,
        widget=forms.RadioSelect,
        error_messages={"required": lazy("Please choose what is wrong.")},
    )
    text = forms.CharField(
        label=lazy("How it really is"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    lat = forms.FloatField(required=False, widget=forms.HiddenInput)
    lon = forms.FloatField(required=False, widget=forms.HiddenInput)
    contact = forms.CharField(
        label=lazy("E-mail or telephone for an answer"), max_length=200, required=False
    )
    consent = forms.BooleanField(
        label=lazy(
            "I agree that the atlas keeps this contact to answer me, and erases it afterwards"
        ),
        required=False,
    )
    # The same form sent twice is one report; one without a key is as good.
    form_key = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    # People do not see this field; programs that fill in every field do.
    website = forms.CharField(required=False)

    def __init__(self, *args: Any, city: City, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.city = city

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["pin"] = self._pin(cleaned.get("lat"), cleaned.get("lon"))
        says = cleaned.get("text") or cleaned["pin"] or cleaned.get("about") == Report.About.CLOSED
        if cleaned.get("about") and not says:
            self.add_error("text", _("Please say how it really is, or move the pin on the map."))
        if cleaned.get("contact") and not cleaned.get("consent"):
            self.add_error(
                "consent",
                _("We may keep the contact only if you agree. Tick the box or clear the contact."),
            )
        return cleaned

    def _pin(self, lat: float | None, lon: float | None) -> Point | None:
        if lat is None or lon is None:
            return None
        if not (-90 <= lat <= 90 and -180 <= lon <= 180) or self._is_far(lat, lon):
            raise ValidationError(_("The pin stands outside the city."))
        return Point(lon, lat, srid=4326)

    def _is_far(self, lat: float, lon: float) -> bool:
        area = self.city.boundary or self.city.center
        west, south, east, north = area.extent
        return not (
            west - PIN_MARGIN_DEG <= lon <= east + PIN_MARGIN_DEG
            and south - PIN_MARGIN_DEG <= lat <= north + PIN_MARGIN_DEG
        )

    @property
    def is_from_a_program(self) -> bool:
        """Whether the field that people do not see was filled in."""
        return bool(self.data.get("website"))
