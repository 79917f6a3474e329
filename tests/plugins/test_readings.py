"""An interpretation offers a choice; what leaves none is stated as a fact of the text."""

from core.hooks.catalogue import catalogue

FEWEST = 2


def test_every_interpretation_offers_at_least_two_values_and_every_id_stands_once() -> None:
    for loaded in catalogue().programs.values():
        for item in loaded.interpretations:
            assert len({text.zh for _, text in item.values}) == len(item.values) >= FEWEST, item.id
        names = [item.id for item in loaded.asked]
        assert len(set(names)) == len(names)


def test_every_fact_that_a_text_states_is_followed_by_a_rule_and_answers_in_both_languages() -> None:
    for loaded in catalogue().programs.values():
        followed = {
            name
            for rules in loaded.rules.values()
            for clause in (*rules.clauses, rules.procedure.term, rules.procedure.term.extension)
            for name in getattr(clause, "follows", ())
        }
        for fact in loaded.stated:
            assert fact.id in followed, fact.id
            assert all((fact.question.zh, fact.question.en, fact.answer.zh, fact.answer.en, fact.why.zh))
