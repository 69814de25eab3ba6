"""People who log in: for whom they act, what they may do in the back office, and the way back in for who is out."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminPasswordWidget

from fulfilment.entrypoints.accounts.lost import wipe
from fulfilment.entrypoints.accounts.second_factor import has_one
from fulfilment.entrypoints.accounts.sessions import end_all
from fulfilment.entrypoints.accounts.tell import tell_changed
from fulfilment.entrypoints.backoffice.base import Room, attempt, label, pressed, staff
from fulfilment.entrypoints.backoffice.history import Logged
from fulfilment.entrypoints.backoffice.site import back_office
from fulfilment.partners.models import User

TOLD = {
    "email": gettext_lazy("het e-mailadres"),
    "password1": gettext_lazy("het wachtwoord"),
    "is_active": gettext_lazy("of je mag inloggen"),
    "staff_role": gettext_lazy("je rol bij het platform"),
}
"""What its person hears of when somebody else changes it, by the field of the form."""


class UserForm(ModelForm):  # type: ignore[type-arg]
    """A person; the password is asked once, when the account is made, and may be left empty afterwards."""

    password1 = forms.CharField(
        label=gettext_lazy("Wachtwoord"),
        strip=False,
        required=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Minstens twaalf tekens. Leeg laten om het te houden zoals het is."),
    )

    class Meta:
        model = User
        fields = ("email", "first_name", "last_name", "is_active", "staff_role")
        labels = {"is_active": gettext_lazy("Mag inloggen"), "staff_role": gettext_lazy("Rol bij het platform")}
        help_texts = {
            "is_active": "",
            "staff_role": gettext_lazy(
                "Beheer doet alles. Geldzaken betaalt uit en kijkt de boeken na. Klantendienst helpt klanten en "
                "werkplaatsen. Een meelezer verandert niets. Leeg: geen medewerker."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.former_email = self.instance.email

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]
        if not password and self.instance.pk is None:
            raise ValidationError(_("Kies een wachtwoord voor deze nieuwe gebruiker."))
        if password:
            validate_password(password, self.instance)
        return password

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "staff_role" in cleaned:
            self.instance.is_staff = bool(cleaned["staff_role"])
            self.instance.is_superuser = self.instance.is_superuser and self.instance.is_staff
        return cleaned

    def save(self, commit: bool = True) -> User:
        password = self.cleaned_data.get("password1")
        if password:
            self.instance.set_password(password)
        user: User = super().save(commit)
        return user


@admin.register(User, site=back_office)
class UserRoom(Logged, Room):
    form = UserForm
    change_form_outer_after_template = "backoffice/user_beside.html"
    search_help_text = gettext_lazy("Zoek op e-mailadres, naam of partner")
    list_display = ("email", "full_name", "acts_for", "rights")
    list_filter = ("staff_role", "is_active")
    search_fields = ("email", "first_name", "last_name", "memberships__partner__name")
    ordering = ("email",)
    fields = ("email", ("first_name", "last_name"), "password1", ("is_active", "staff_role"))
    moves_by_itself = ("last_login",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("memberships__partner")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """The people of the partners; only a superuser changes staff."""
        may = super().has_change_permission(request, obj)
        return may and (staff(request).is_superuser or not (isinstance(obj, User) and obj.is_staff))

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return () if staff(request).is_superuser else ("staff_role",)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Whoever's account somebody else changes hears of it, at the address that they had; who may log in no more is
        out at once."""
        super().save_model(request, obj, form, change)
        changed = [str(TOLD[name]) for name in form.changed_data if name in TOLD]
        if change and changed and obj != request.user:
            told = _("Een medewerker veranderde: %(what)s.") % {"what": ", ".join(changed)}
            tell_changed(obj, told, timezone.now(), to=form.former_email)
        if not obj.is_active:
            end_all(obj.pk)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        user = kwargs.get("obj")
        context["can_be_wiped"] = user is not None and has_one(user) and self.has_change_permission(request, user)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        wiping = self.admin_site.admin_view(pressed(self.wipe_view, "partners_user_change"))
        urls: list[URLPattern] = super().get_urls()
        return [path("<int:pk>/tweede-stap-wissen/", wiping, name="partners_user_wipe"), *urls]

    def wipe_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take away the second step of somebody who lost it."""
        user = get_object_or_404(User, pk=pk)
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        done = _("De tweede stap is gewist. Bij de volgende login kiest deze persoon een nieuwe.")
        attempt(request, lambda: wipe(user, now=timezone.now()), done)
        return redirect("backoffice:partners_user_change", pk)

    @admin.display(description=gettext_lazy("naam"))
    def full_name(self, user: User) -> str:
        return user.get_full_name()

    @admin.display(description=gettext_lazy("werkt voor"))
    def acts_for(self, user: User) -> str:
        return ", ".join(
            f"{membership.partner.name} ({membership.get_role_display()})" for membership in user.memberships.all()
        )

    @admin.display(description=gettext_lazy("rechten"))
    def rights(self, user: User) -> SafeString | str:
        if not user.is_active:
            return label(_("Afgesloten"))
        return label(user.get_staff_role_display(), "busy") if user.is_staff else ""
