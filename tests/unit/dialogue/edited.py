"""The shipped knowledge after somebody took something out of it, texts and all."""

from dataclasses import replace

from bot.knowledge.schema import Knowledge


def without(
    knowledge: Knowledge,
    *,
    step: str = "",
    checklist: str = "",
    entry: str = "",
    topic: str = "",
    language: str = "",
    option: str = "",
) -> Knowledge:
    """What is left without these; steps and options are those of the deposit checklist."""
    checklists = {id: one for id, one in knowledge.checklists.items() if id != checklist}
    if step:
        deposit = checklists["deposit"]
        checklists["deposit"] = replace(deposit, steps=tuple(one for one in deposit.steps if one.id != step))
    if option:
        deposit = checklists["deposit"]
        steps = tuple(replace(one, options=tuple(o for o in one.options if o != option)) for one in deposit.steps)
        checklists["deposit"] = replace(deposit, steps=steps)
    gone = [
        *([f"checklist.{checklist}.", f"finding.{checklist}."] if checklist else []),
        *([f"checklist.deposit.{step}."] if step else []),
        *([f"faq.{entry}."] if entry else []),
        *([f".option.{option}"] if option else []),
    ]
    texts = {
        code: {
            key: text
            for key, text in of.items()
            if not any(part in key for part in gone) and not (topic and key in (f"topic.{topic}", f"team.{topic}"))
        }
        for code, of in knowledge.texts.items()
        if code != language
    }
    return replace(
        knowledge,
        checklists=checklists,
        entries={id: one for id, one in knowledge.entries.items() if id != entry},
        topics={
            id: replace(one, checklist="" if one.checklist == checklist else one.checklist)
            for id, one in knowledge.topics.items()
            if id != topic
        },
        languages={code: one for code, one in knowledge.languages.items() if code != language},
        texts=texts,
    )
