import pytest

from customers.models import Customer
from helpdesk.accounts.models import Agent
from helpdesk.accounts.roles import PERMISSIONS, Permission, Role
from tickets.models import Ticket


def test_every_role_has_its_permissions_in_the_one_table() -> None:
    assert set(PERMISSIONS) == set(Role)
    assert PERMISSIONS[Role.ADMIN] == frozenset(Permission)


@pytest.mark.parametrize("role", [Role.AGENT, Role.LEAD, Role.SUPERVISOR])
def test_only_admins_open_the_admin(ana: Agent, role: Role) -> None:
    ana.role = role

    assert not ana.is_staff
    assert not ana.has_perm("tickets.change_ticket")


def test_an_agent_sees_own_teams_and_what_no_team_owns(
    ticket: Ticket, ana: Agent, outsider: Agent
) -> None:
    assert list(Ticket.objects.visible_to(ana)) == [ticket]
    assert not Ticket.objects.visible_to(outsider).exists()

    Ticket.objects.update(team=None)

    assert list(Ticket.objects.visible_to(outsider)) == [ticket]


def test_a_supervisor_sees_every_team(ticket: Ticket, ines: Agent) -> None:
    assert list(Ticket.objects.visible_to(ines)) == [ticket]


def test_who_left_sees_nothing(ticket: Ticket, ana: Agent) -> None:
    ana.is_active = False

    assert not Ticket.objects.visible_to(ana).exists()
    assert not Customer.objects.visible_to(ana).exists()
