"""Where the words of one revision stand in the next, step by step."""

from annotations.reanchoring import Alignment, Text

RENT = "Rents in the harbour towns doubled within four winters, and wages did not follow them."
FERRY = "Ferries carry the night shift across the sound, whatever the weather does to the piers."
FUND = "A modest fund for repairs would cost each household less than one ticket a month."
VOTE = "Voters were asked twice about the bridge and answered differently both times."


def texts(**paragraphs):
    return [Text(key, text) for key, text in paragraphs.items()]


def went(alignment, words):
    """The text and key of the paragraph that each of the words stands in now, None for what has no place."""
    old, new = alignment.old, alignment.new
    found = []
    for at, place in enumerate(old.paragraph):
        literal = old.texts[place].text[old.starts[at] : old.ends[at]]
        if literal in words:
            to = alignment.to[at]
            found.append(None if to < 0 else new.texts[new.paragraph[to]].key)
    return found


def test_alignment_of_the_same_text_maps_every_token_to_itself():
    alignment = Alignment(texts(a=RENT, b=FERRY), texts(a=RENT, b=FERRY))

    assert alignment.to == list(range(len(alignment.old.ids)))
    assert alignment.back == alignment.to
    assert alignment.is_unchanged("a")
    assert not alignment.is_unchanged("missing")


def test_alignment_of_a_split_paragraph_follows_the_part_under_a_new_key():
    alignment = Alignment(texts(a=f"{RENT} {FERRY}"), texts(a=RENT, new=FERRY))

    assert went(alignment, {"wages", "piers"}) == ["a", "new"]


def test_alignment_of_a_merged_paragraph_follows_it_into_the_other():
    alignment = Alignment(texts(a=RENT, b=FERRY), texts(a=f"{RENT} {FERRY}"))

    assert went(alignment, {"wages", "piers"}) == ["a", "a"]


def test_alignment_of_a_moved_sentence_leaves_no_word_with_one_like_it_at_home():
    stays = "Ferries carry the mail across the sound, whatever the minister does to the tolls."
    alignment = Alignment(
        texts(a=f"{RENT} {FERRY}", b=FUND), texts(a=f"{RENT} {stays}", b=f"{FERRY} {FUND}")
    )

    assert went(alignment, {"Ferries", "carry", "sound", "piers"}) == ["b", "b", "b", "b"]


def test_alignment_of_a_phrase_that_both_texts_repeat_follows_it_nowhere():
    said = "as everybody in this town has always known"
    old = texts(a=f"{RENT} Piers rot, {said}.", b=f"{FUND} Roofs leak, {said}.")
    new = texts(c=f"Quarries close, {said}. {VOTE}", d=f"Libraries open, {said}. {FERRY}")
    alignment = Alignment(old, new)

    assert went(alignment, {"everybody", "always", "known"}) == [None] * 6


def test_alignment_of_a_short_sentence_between_moved_ones_goes_with_them():
    short = "Who pays?"
    alignment = Alignment(
        texts(a=f"{RENT} {short} {FERRY}", b=FUND), texts(b=f"{FUND} {RENT} {short} {FERRY}")
    )

    assert went(alignment, {"Who", "pays"}) == ["b", "b"]


def test_alignment_of_a_rewritten_paragraph_keeps_no_common_word():
    alignment = Alignment(texts(a=RENT), texts(a=VOTE))

    assert went(alignment, {"the", "and"}) == [None, None]


def test_alignment_of_a_corrected_word_is_told_from_the_same_one():
    alignment = Alignment(texts(a=RENT), texts(a=RENT.replace("harbour", "harbor")))
    at = RENT.split().index("harbour")

    assert alignment.to[at] == at
    assert alignment.corrected == {at}


def test_rarity_of_neighbours_falls_with_every_repetition():
    alignment = Alignment(texts(a=f"{RENT} {RENT}", b=FERRY), texts(a=f"{RENT} {RENT}", b=FERRY))
    number = alignment.vocabulary.find

    assert alignment.rarity((number("night"), number("shift"))) == 1
    assert alignment.rarity((number("harbour"), number("towns"))) == 1 / 16
