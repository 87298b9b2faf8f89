"""English phrases in which an agent promises something. Notation: tickets.sentences.phrases."""

_ACTS = (
    "add|answer|apply|arrange|ask|book|bring|call|cancel|change|check|chase|come|complete|confirm|contact|"
    "correct|credit|deliver|discuss|dispatch|do|draft|drop|email|e-mail|ensure|escalate|exchange|extend|file|"
    "finalise|finalize|find|finish|fix|follow|forward|get|give|handle|have|improve|inform|inspect|investigate|"
    "invoice|issue|keep|let|look|mail|make|message|note|notify|open|order|organise|organize|pass|pay|phone|pick|"
    "place|post|prepare|process|provide|publish|push|put|raise|reach|refund|reimburse|release|remind|remove|"
    "reopen|repair|replace|reply|report|resend|reset|resolve|respond|restore|return|review|ring|rush|schedule|see|"
    "send|set|share|ship|solve|sort|speak|start|submit|supply|take|talk|tell|text|transfer|try|unlock|update|"
    "upgrade|upload|visit|waive|work|write|be_in_touch|be_back|be_sending|be_calling|be_writing|personally|also|"
    "happily|gladly|then|certainly|definitely|of_course|immediately|double-check|reschedule|rebook|close|"
    "expedite|prioritise|prioritize|re-send|re-issue|reissue|wire|recheck|monitor"
)
_DONE = (
    "refunded|processed|shipped|sent|delivered|credited|dispatched|replaced|repaired|fixed|resolved|corrected|"
    "unlocked|issued|returned|paid|reimbursed|completed|updated|transferred|released|cancelled|canceled|"
    "reviewed|restored|contacted|called|informed|notified|emailed|mailed|posted|activated|reactivated|removed|"
    "waived|exchanged|collected|installed|sorted|ready|on_its_way|with_you|in_your|on_your|handled|booked|"
    "scheduled|reset|answered|arranged|investigated|reinstated|reopened|upgraded"
)
_DOING = (
    "sending|shipping|refunding|calling|checking|processing|issuing|replacing|crediting|transferring|paying|"
    "dispatching|contacting|writing|fixing|repairing|delivering|mailing|emailing|posting|updating|visiting|"
    "escalating|chasing|getting|arranging|booking|ordering|releasing|phoning|ringing|putting|forwarding|coming"
)
_OURS = (
    "colleague|team|technician|engineer|engineers|finance|billing|accounting|warehouse|support|specialist|"
    "logistics|courier_partner|developers|driver|colleagues|department|supervisor"
)
_THING = (
    "refund|money|credit|credit_note|amount|payment|replacement|part|order|parcel|package|delivery|invoice|"
    "card|item|chair|letter|voucher|account|fix|label|device|voucher|contract|certificate|receipt|amount"
)
PROMISES = (
    "i|we will|shall !be *",
    "i'll|we'll !be *",
    f"i'll|we'll .. {_ACTS}",
    f"i|we will|shall .. {_ACTS}",
    "i'll|we'll|i_will|we_will be *ing",
    "i'm|we're|i_am|we_are already? on it|to_it",
    "i'm|we're|i_am|we_are .. looking|working|checking into|on",
    "i'm|we're|i_am|we_are? happy|glad|aiming|planning|hoping to",
    "someone|somebody .. will|'ll",
    "your|the|this|our|these .. will|'ll be !charged|billed|debited|deducted|renewed|closed|asked|redirected|prompted|logged|required|needed|automatically|suspended|blocked|deleted|able *ed|*en",
    "be|are|is taken care",
    f"and|then|or|both will|i'll|we'll .. {_ACTS}",
    f"i'm|we're|i|we am|are? going to {_ACTS}",
    f"i|we promise|guarantee|commit|undertake|pledge|aim|plan|intend|expect|assure to|you|that|sending|{_ACTS}",
    f"{_OURS} .. will|'ll .. {_ACTS}",
    f"{_OURS} is|are going to",
    "you will|'ll|shall also|then? receive|get|have|hear|find_the|find_it|be_refunded|be_contacted|be_called|be_informed|be_notified|be_credited|be_paid|be_reimbursed !to|the_option|access_to_all",
    "you'll also|then? receive|get|have|hear|find_it|be_refunded|be_contacted|be_called|be_informed|be_notified|be_credited|be_paid !to",
    "you can|may expect",
    "^ expect a|an|the|my|our|your|to",
    f"{_THING} .. will|'ll|shall .. be {_DONE}",
    f"{_THING} .. will|'ll reach|arrive|come|leave|go_out|be_there|be_here|be_on|be_in|be_with|be_at|follow|get_to",
    f"will|shall be|get .. {_DONE} .. to_you|for_you|by_us",
    f"it|this|that|they|these will|shall|'ll be {_DONE}",
    f"it'll|this'll|that'll be {_DONE}",
    "^ let me check|look|ask|find|see|investigate|speak|verify|confirm|get",
    "leave|leave_it|this with me",
    "my|our best to",
    "you|we have my|our word",
)
# Only with a date: "I'm sending it tomorrow".
PROMISES_WITH_DATE = (
    f"i'm|we're|i|we am|are? .. {_DOING}",
    f"{_THING} .. is|are|goes|leaves|ships|arrives|gets being?|due|out|scheduled|with_you|to_you|{_DONE}",
    f"{_OURS} .. is|are .. {_DOING}",
    "expect .. from me|us",
    "consider it done",
    f"{_THING} lands|goes|leaves|ships|arrives|gets|reaches|follows|is|are",
    f"{_OURS} is|are .. booked|scheduled|coming|visiting|with_you|there|due",
    "i|we can have|get|do|send|ship|deliver|fix|finish|offer_you_a_call",
    "you should receive|get|have|see|hear",
    "i'm|we're|i_am|we_are aiming|planning to",
    "i|we have? scheduled|booked|arranged|planned",
)
NOT_PROMISES = (
    "i|we will|shall need|want|assume|understand|see_you|never|always|miss|forget|remember_you|be_closed|be_out|be_away|be_off|be_unable|have_to|leave_it_to|require|appreciate|consider_this|be_on_holiday|be_on_leave|be_open|be_happy|be_glad|look_forward|be_delighted|be_able",
    "i'll|we'll need|want|assume|understand|see_you|never|always|miss|forget|be_closed|be_out|be_away|be_off|be_unable|have_to|require|be_on_holiday|be_happy|be_glad|explain_below|not",
    "won't|wont|cannot|can't|couldn't|unable",
    "as i'll|i_will|we'll explain|describe|show",
    "you will|'ll need|see|find|want|have_to|notice|be_charged|be_able|be_asked|be_redirected|be_billed|be_prompted|be_logged",
    "you'll need|see|want|have_to|notice|be_charged|be_able|be_asked|be_redirected|be_billed",
    "i|we hope|think|believe|guess|doubt|fear|suppose",
    "probably|perhaps|maybe|possibly|might|hopefully|presumably",
    "would|could|might",
    "may|should be|take|need|have|arrive|vary|also",
    "i'd|we'd",
    "as promised|agreed|discussed|announced",
    "i'm|am|are|we're afraid|sorry_but|not",
    "what|which|who|whose|how will",
    "see whether|if it_works",
    "let me explain|know|show|tell|start|say|apologise|apologize",
    "never mind",
    "looks|look|seems|appears like|that|to",
    "get|receive a|an prompt|code_by|warning|pop-up|window|error|message_asking|option",
)
# With these a "could" or "would" still promises something.
CONDITIONS = (
    "^ if|once|when|whenever|should|unless|provided|providing|assuming|after|upon|in_case|as_soon_as|as_long_as|subject_to|depending_on|only_if|pending",
    "if|once|unless|provided|providing|assuming|whenever you|we|it|they|this|that|he|she|the|your|our|approved|needed|necessary|nothing|there|payment|possible|confirmed|received|i",
    "as soon|long as you|we|it|they|this|the|i|your|our|that",
    "after|when|until you|we_have|we_receive|we_get|it|the|your|they|i_hear|i_have|i_know|our|he|she|payment",
    "upon|on receipt|approval|return|arrival|confirmation|payment",
    "subject to",
    "in case",
    "^ please? .. send|reply|let|tell|give|confirm|share|return|provide|fill|sign|upload|attach|answer|click|call ... and|then i|we|i'll|we'll|a",
    "^ just|simply reply|send|let|tell|give|confirm|call ... and|then i|we|i'll|we'll",
    "let|tell|send|give me|us !until|till|time|a_moment|a_day ... and|then i'll|we'll|i|we",
    "^ reply|respond|answer|send|return|call|confirm|fill|email|upload|sign|click|drop ... and|then i|we|i'll|we'll",
    "following|after|upon|on|with your|the|successful confirmation|payment|approval|reply|return|receipt",
    "the moment|minute|second|day|instant it|you|we|i|they|the",
    "^ were it|you|we|they",
    "if|provided that|this",
    "should it|the|this|that|you|there",
)
