"""Which columns of days hold something of persons, and until when: the record of processing begins here (G1).

Every column that can hold words stands in exactly one of these lists; a new one fails the tests until it does
(`tests/events/test_holding.py`). Why each is held, on which basis and who reads it stands in
`docs/privacy.md`, column by column (G2).
"""

from collections.abc import Mapping

from hub.events.models.retention import Kept

# Erased by the rules of each day.
BY_RULE: Mapping[Kept, tuple[str, ...]] = {
    Kept.NEEDS: ("registration.diet", "registration.access_needs", "registration.languages"),
    Kept.ELIGIBILITY: ("event_answer.value",),
    Kept.ANSWERS: ("event_answer.value",),
    Kept.PHONE: ("registration.phone", "group_sign_up.contact_phone"),
    Kept.IDENTITY: (
        "registration.name",
        "registration.email",
        "registration.organisation_name",
        "registration.search_text",
        "registration.decision_reason",
        "registration.code",
        "registration.form_key",
        "group_sign_up.contact_name",
        "group_sign_up.contact_email",
        "group_sign_up.organisation_name",
        "group_sign_up.form_key",
        "event_invitation.name",
        "event_invitation.email",
        "reserved_places.contact_name",
        "reserved_places.contact_email",
    ),
    Kept.PRESENCE: (),  # rows without words: they go whole
    Kept.EVALUATION: ("event_evaluation.answers",),
    Kept.CERTIFICATE: ("certificate.name", "certificate.revoked_reason"),
}
# Each with an end of its own: consent taken back; an hour.
OTHERWISE: Mapping[str, str] = {
    "newsletter_consent.email": "hub.events.operations.news.withdraw",
    "day_paper.content": "hub.events.jobs.papers",
}
# How to reach those who organise, and who signs for them: said to everybody, by function.
OF_ORGANISERS = frozenset({
    "event.contact_name", "event.contact_email", "event.contact_phone", "event.certificate_signatory",
    "event_organiser.contact_name", "event_organiser.contact_email", "event_organiser.contact_phone",
    "certificate.signatory",
})  # fmt: skip
# Which account did it, as history has it.
OF_ACCOUNTS = frozenset({"allocation_run.created_by"})
# What the team says of the day, figures and random signs: nothing of persons.
OF_NOBODY = frozenset({
    "event.slug", "event.title", "event.summary", "event.description", "event.place_name",
    "event.place_address", "event.online_url", "event.online_info", "event.certificate_text",
    "event.practical_info", "event.cancel_reason",
    "event_series.slug", "event_series.title", "event_series.description",
    "event_session.title", "event_session.place", "event_slot.title", "event_slot.description",
    "event_notice.text", "event_letter.subject", "event_letter.body", "event_letter.body_online",
    "event_question.label", "event_question.help", "event_question.options",
    "event_conclusion.text", "event_conclusion.outlook", "event_delegation.note", "event_evaluation.id",
    "venue_room.name", "venue_room.access_note",
    "workshop_block.title", "workshop_round.title", "workshop.title", "workshop.description", "workshop.room",
    "meal_option.label", "diet_option.label", "meal_count.label",
    "allocation_run.seed", "allocation_run.method", "allocation_run.given", "allocation_run.result",
    "registration.language", "day_paper.wanted",
    "certificate.serial", "certificate.code", "certificate.text",
})  # fmt: skip
