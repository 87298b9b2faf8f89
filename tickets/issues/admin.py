from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from helpdesk.lib.admin import OnlyLooked
from tickets.issues.entities import compile_mask, conflicts_of
from tickets.issues.models import EntityPattern, Issue, LinkDecision
from tickets.issues.tasks import note_again


class EntityPatternForm(forms.ModelForm):
    """A pattern that matches nothing, or everything, is refused with what is wrong."""

    class Meta:
        model = EntityPattern
        fields = ("key", "label", "mask", "priority", "is_active")

    def clean_mask(self) -> str:
        mask = str(self.cleaned_data["mask"]).strip()
        try:
            compile_mask(mask)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        return mask


@admin.register(EntityPattern)
class EntityPatternAdmin(admin.ModelAdmin):
    """The workspace's own numbers. What is changed here is looked for anew in all tickets."""

    form = EntityPatternForm
    list_display = ("label", "key", "mask", "priority", "is_active")
    ordering = ("priority", "pk")

    def save_model(
        self,
        request: HttpRequest,
        obj: EntityPattern,
        form: forms.ModelForm,
        change: bool,  # noqa: FBT001 - as Django calls it
    ) -> None:
        super().save_model(request, obj, form, change)
        others = EntityPattern.objects.filter(is_active=True).exclude(pk=obj.pk)
        for mask in conflicts_of(obj.mask, others.values_list("mask", flat=True)):
            words = _(
                "Some texts match both %(one)s and %(other)s: the lower priority number wins."
            )
            messages.warning(request, words % {"one": obj.mask, "other": mask})
        note_again.delay()


@admin.register(Issue)
class IssueAdmin(OnlyLooked):
    list_display = ("label", "customer", "is_named")
    list_select_related = ("customer",)


@admin.register(LinkDecision)
class LinkDecisionAdmin(OnlyLooked):
    list_display = ("first", "second", "is_same", "agent", "at")
    list_select_related = ("first", "second", "agent")
