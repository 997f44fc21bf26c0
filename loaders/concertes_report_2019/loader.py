"""The tables of the report, and how the rows of each are described."""

from __future__ import annotations

from collections.abc import Mapping

from loaders.concertes_report_2019 import (
    funding,
    knowledge,
    mandates,
    organisations,
    people,
    plans,
    policy,
    projects,
)
from loaders.records.source import Describe

TABLES: Mapping[str, Describe] = {
    "organisations": organisations.describe_organisation,
    "bodies": organisations.describe_body,
    "persons": organisations.describe_person,
    "memberships": organisations.describe_membership,
    "relationships": organisations.describe_relationship,
    "beneficiaries": organisations.describe_beneficiary,
    "seats": mandates.describe_seat,
    "mandates": mandates.describe_mandate,
    "meetings": mandates.describe_meeting,
    "attendances": mandates.describe_attendance,
    "opinions": mandates.describe_opinion,
    "projects": projects.describe_project,
    "events": projects.describe_event,
    "participations": projects.describe_participation,
    "plans": plans.describe_plan,
    "objectives": plans.describe_objective,
    "contributions": plans.describe_contribution,
    "systems": knowledge.describe_system,
    "datasets": knowledge.describe_dataset,
    "deliveries": knowledge.describe_delivery,
    "works": knowledge.describe_work,
    "claims": knowledge.describe_claim,
    "schemes": funding.describe_scheme,
    "calls": funding.describe_call,
    "applications": funding.describe_application,
    "awards": funding.describe_award,
    "legal_resources": policy.describe_legal_resource,
    "policy_files": policy.describe_policy_file,
    "positions": policy.describe_position,
    "staff_persons": organisations.describe_person,
    "employments": people.describe_employment,
    "contact_persons": organisations.describe_person,
    "contacts": people.describe_contact,
    "students": people.describe_student,
}
