using System.Collections;
using System.Globalization;

namespace Fanout.Telemetry;

/// <summary>The scope of what a handler logs of an item: the run, the item, the attempt.</summary>
/// <param name="runId">The run.</param>
/// <param name="index">The item.</param>
/// <param name="attempt">From 1.</param>
internal sealed class ItemLogScope(string runId, long index, int attempt) : IReadOnlyList<KeyValuePair<string, object?>>
{
    public int Count => 3;

    public KeyValuePair<string, object?> this[int position] => position switch
    {
        0 => new(AttributeNames.RunId, runId),
        1 => new(AttributeNames.ItemIndex, index),
        2 => new(AttributeNames.ItemAttempt, attempt),
        _ => throw new ArgumentOutOfRangeException(nameof(position)),
    };

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        for (var position = 0; position < Count; position++)
            yield return this[position];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"run {runId}, item {index}, attempt {attempt}");
}
