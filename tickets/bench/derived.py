"""What follows from tickets and messages, one statement a table; the order matters."""

_WORDS = """
INSERT INTO tickets_messagewords (message_id, ticket_id, at, is_recent, words)
SELECT m.id, m.ticket_id, m.at,
       m.at > coalesce((SELECT at FROM tickets_message ORDER BY at DESC OFFSET %(recent)s LIMIT 1),
                       '-infinity'),
       to_tsvector('beforehand', t.subject || ' ' || m.author_name || ' ' || m.text)
FROM tickets_message m JOIN tickets_ticket t ON t.id = m.ticket_id
ORDER BY m.at
"""
# In the order of time, as they would have come: one customer's rows lie far from each other.
_TOUCHPOINTS = """
INSERT INTO customers_touchpoint
    (customer_id, at, kind, channel, direction, is_contact, title, text, agent_id, team_id,
     ticket_number, ref_kind, ref_id, data)
SELECT t.customer_id, m.at, CASE m.kind WHEN 'inbound' THEN 'message' ELSE m.kind END, m.channel,
       CASE m.kind WHEN 'inbound' THEN 'in' WHEN 'reply' THEN 'out' ELSE '' END,
       m.at = t.opened_at, t.subject, m.text, m.agent_id, t.team_id, t.number, 'message', m.id,
       '{}'::jsonb
FROM tickets_message m JOIN tickets_ticket t ON t.id = m.ticket_id
UNION ALL
SELECT t.customer_id, e.at, 'solved', '', '', false, t.subject, '', e.agent_id, t.team_id, t.number,
       'event', e.id, '{}'::jsonb
FROM tickets_ticketevent e JOIN tickets_ticket t ON t.id = e.ticket_id WHERE e.kind = 'solved'
ORDER BY 2
"""
_YEARS = """
INSERT INTO customers_touchpointyear (customer_id, year, touchpoints)
SELECT customer_id, extract(year FROM at AT TIME ZONE 'UTC'), count(*)
FROM customers_touchpoint GROUP BY 1, 2
"""
_PROMISES = """
INSERT INTO customers_promise
    (customer_id, text, due_at, made_at, status, closed_at, made_by_id, owner_id, ticket_number,
     team_id)
SELECT customer_id, 'Call back with an answer', updated_at + interval '2 days', updated_at,
       CASE WHEN is_finished THEN 'kept' ELSE 'open' END,
       CASE WHEN is_finished THEN updated_at + interval '1 day' END,
       assignee_id, assignee_id, number, team_id
FROM tickets_ticket WHERE id %% 15 = 0
"""
_NEXT_PROMISES = """
UPDATE customers_customer c SET next_promise_due_at = p.due_at
FROM (SELECT customer_id, min(due_at) AS due_at FROM customers_promise WHERE status = 'open'
      GROUP BY 1) p WHERE p.customer_id = c.id
"""
_FACTS = """
INSERT INTO customers_fact
    (customer_id, key, value, source, ticket_number, team_id, at, is_verified)
SELECT customer_id, 'order number', 'A-' || id, 'message', number, team_id, opened_at, false
FROM tickets_ticket WHERE id %% 3 = 0
"""
_ORDERS = """
INSERT INTO customers_order (customer_id, number, kind, placed_at, currency, total, status, items)
SELECT customer_id, 'A-' || id, 'sale', opened_at - interval '3 days', 'EUR', 10 + id %% 90,
       'delivered', '[]'
FROM tickets_ticket WHERE id %% 3 = 0
"""
_RATINGS = """
INSERT INTO feedback_rating
    (customer_id, score, comment, at, agent_id, team_id, ticket_number, external_id)
SELECT customer_id, 1 + id %% 5, '', solved_at + interval '1 hour', assignee_id, team_id, number,
       'rating-' || id
FROM tickets_ticket WHERE is_finished AND id %% 7 = 0
"""

DERIVED = (
    ("words", _WORDS),
    ("touchpoints", _TOUCHPOINTS),
    ("years", _YEARS),
    ("promises", _PROMISES),
    ("next promises", _NEXT_PROMISES),
    ("facts", _FACTS),
    ("orders", _ORDERS),
    ("ratings", _RATINGS),
)
