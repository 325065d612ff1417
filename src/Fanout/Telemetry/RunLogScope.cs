using System.Collections;
using System.Globalization;

namespace Fanout.Telemetry;

/// <summary>The scope of whatever is logged while a batch is worked, also by handlers' own loggers: the run and the batch.</summary>
/// <param name="runId">The run.</param>
/// <param name="batch">The batch.</param>
internal sealed class RunLogScope(string runId, string batch) : IReadOnlyList<KeyValuePair<string, object?>>
{
    public int Count => 2;

    public KeyValuePair<string, object?> this[int index] => index switch
    {
        0 => new(AttributeNames.RunId, runId),
        1 => new(AttributeNames.BatchKey, batch),
        _ => throw new ArgumentOutOfRangeException(nameof(index)),
    };

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        yield return this[0];
        yield return this[1];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"run {runId}, batch {batch}");
}
