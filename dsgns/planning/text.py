"""What both roads begin with: the vocabulary, and text as ids."""

from __future__ import annotations

from dsgns import rates
from dsgns.corpus.forms import split_sources
from dsgns.corpus.plan import projected_decode, projected_reader
from dsgns.phrases import plan as phrases_plan
from dsgns.phrases.pairs import MOST_PAIRS
from dsgns.phrases.plan import most_merged_pairs, projected_count, projected_join
from dsgns.planning.setting import WORD_BYTES, Setting, StagePlan
from dsgns.tokens.plan import projected_encode
from dsgns.vocabulary.plan import MOST_WORDS, most_merged_words, projected_choose, projected_merge, projected_scan


def phrases(setting: Setting) -> StagePlan:
    """Counting words and pairs of neighbours, in each pass; as many words are taken to be frequent as will be kept."""
    held_out, lean = setting.reading
    sample, words, passes = setting.known.sample, setting.words, setting.parameters.vocabulary.phrases
    size, pairs = words * WORD_BYTES, min(setting.known.tokens, MOST_PAIRS)
    merged = min(most_merged_pairs(setting.allowed("phrases"), setting.workers, setting.known.tokens), 2 * pairs)
    promised = max(
        projected_scan(held_out, lean) + projected_join(words, size),
        projected_count(words, size, held_out, lean) + projected_join(words, size),
        phrases_plan.projected_merge(merged, words),
    )
    likely = rates.READER + rates.SCANNED_WORD * words + 24 * pairs
    reading = (rates.SCAN + rates.ENCODE + 2 * (not lean) * sample.tokenizing) * sample.text_bytes
    seconds = setting.seconds(passes * (reading + rates.PAIR * setting.known.tokens), 2 * passes * setting.shards)
    kept = round(rates.PAIR_BYTES * setting.known.tokens) + setting.decoded_bytes
    return setting.stage("phrases", passes * (2 * setting.shards + 4), promised, likely, size, kept, seconds)


def vocabulary(setting: Setting) -> StagePlan:
    """Decoding, and counting words."""
    held_out, lean = setting.reading
    sample, distinct, words = setting.known.sample, setting.known.distinct, setting.words
    merged = min(most_merged_words(setting.allowed("vocabulary"), setting.workers, distinct), distinct)
    shards, merges = setting.shards, -(-distinct // merged)
    promised = max(
        projected_scan(held_out, lean),
        projected_merge(merged, merged * WORD_BYTES),
        projected_choose(words, words * WORD_BYTES),
    )
    reading = projected_reader(held_out, lean) - projected_reader(held_out=False, lean=True)
    scanned = rates.SCANNED_WORD * min(distinct, MOST_WORDS) + reading
    likely = rates.READER + max(scanned, rates.MERGED_WORD * merged)
    compressed = split_sources(source for source in sample.sources if not source.plain)
    if compressed:
        decoder = projected_decode({source.form for source in compressed})
        promised, likely = max(promised, decoder), max(likely, rates.DECODER)
    seconds = (rates.SCAN + (not lean) * sample.tokenizing) * sample.text_bytes + rates.MERGE_WORD * distinct
    decoding = sum(rates.DECODE[source.compression] * source.size for source in compressed) * sample.expansion
    seconds = setting.seconds(seconds, shards + merges) + setting.seconds(decoding, len(compressed))
    tasks, disk = len(compressed) + shards + merges + 1, rates.VOCABULARY_BYTES * words
    return setting.stage("vocabulary", tasks, promised, likely, disk, setting.decoded_bytes, seconds)


def tokens(setting: Setting) -> StagePlan:
    """Encoding."""
    held_out, lean = setting.reading
    sample, words, shards = setting.known.sample, setting.words, setting.shards
    seconds = (rates.ENCODE + (not lean) * sample.tokenizing) * sample.text_bytes
    promised = projected_encode(words, words * WORD_BYTES, held_out, lean)
    likely, disk = promised - rates.UNUSED["tokens"], rates.TOKEN_BYTES * setting.ids
    return setting.stage(
        "tokens", shards, promised, likely, disk, setting.decoded_bytes, setting.seconds(seconds, shards)
    )
