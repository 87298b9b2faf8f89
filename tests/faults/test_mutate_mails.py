from tests.faults.mutate_mails import SAMPLES, mails_in, mutations, read_all
from tests.faults.mutations import mutated

MAILS = list(mails_in(SAMPLES).values())


def test_no_mutation_of_a_mail_brings_the_reader_down() -> None:
    outcome = read_all(mutations(MAILS, seed=1, count=300))

    assert outcome.wrong == []
    assert outcome.read > outcome.refused.total()


def test_a_mutation_is_known_by_its_seed_and_number() -> None:
    assert mutated(MAILS, seed=1, number=7) == mutated(MAILS, seed=1, number=7)
    assert mutated(MAILS, seed=1, number=7) != mutated(MAILS, seed=2, number=7)
