using System.CommandLine;
using System.Text.Json.Nodes;

namespace Fanout.Cli.Parsing;

/// <summary>Flags of a spec that are neither its source nor its handler.</summary>
internal sealed class RunFlags
{
    private readonly FlowFlags _flow = new();

    private readonly SpecField _burst = SpecField.Number(
        "--burst", "flow/burst", "N", "Starts that may come at once; needs a rate (default: a tenth of a second's worth, at least 1)");

    private readonly SpecField[] _sharing =
    [
        SpecField.Names("--limit", "flow/limits", "NAME", "A limit shared with other runs, as set by limit set; may be repeated (default: none)"),
        SpecField.Number("--cost", "flow/cost", "N|POINTER", "Units an item counts for: a number, or where it is in the item, such as /units (default: 1)"),
        SpecField.Switch("--adaptive", "flow/adaptive", "Find the best concurrency, up to the given one, from the handlers' latencies"),
    ];

    private readonly SpecField[] _perKey =
    [
        SpecField.Text("--per-key", "flow/perKey/key", "POINTER", "Where the key is in the item, such as /tenantId; with one or more of the following"),
        SpecField.Number("--per-key-concurrency", "flow/perKey/concurrency", "N", "Items of one key in flight (default: no limit but the run's)"),
        SpecField.Text("--per-key-rate", "flow/perKey/rate", "5/s", "Starts of one key in time, retries included (default: no limit)"),
        SpecField.Number("--per-key-burst", "flow/perKey/burst", "N", "Starts of one key at once (default: a tenth of a second's worth, at least 1)"),
        SpecField.Switch("--ordered", "flow/perKey/ordered", "Items of one key one after another, in the source's order, retries included"),
    ];

    private readonly SpecField[] _failure =
    [
        SpecField.Text("--timeout", "failure/timeout", "10s", "For one attempt at one item (default: none)"),
        SpecField.Number("--attempts", "failure/retry/maxAttempts", "N", "At one item, the first included (default: 1)"),
        SpecField.Text("--first-delay", "failure/retry/firstDelay", "1s", "Before the second attempt (default: 1s)"),
        SpecField.Number("--backoff", "failure/retry/backoff", "X", "Factor from one delay to the next (default: 2)"),
        SpecField.Text("--max-delay", "failure/retry/maxDelay", "1m", "The longest delay (default: 1m)"),
        SpecField.Boolean("--jitter", "failure/retry/jitter", "Draw each delay from half to all of its length (default: true)"),
    ];

    private readonly SpecField _deadline = SpecField.Text("--deadline", "failure/deadline", "2h", "For the whole run (default: none)");

    private readonly SpecField[] _results =
    [
        SpecField.Text("--keep", "results/keep", "all|failures|none", "Outcomes that are written (default: all)"),
        SpecField.Text("--reduce", "results/reduce", "count|sum|min|max|NAME", "Fold the outputs into one value (default: do not)"),
    ];

    private readonly SpecField[] _onComplete =
    [
        SpecField.Text("--on-complete-webhook", "onComplete/webhook/url", "URL", "Post the report there (default: do not)"),
        SpecField.Text("--on-complete-secret-from", "onComplete/webhook/secretFrom", "ENV", "The environment variable whose value signs it (default: it is not signed)"),
        SpecField.Text("--on-complete-queue", "onComplete/queue", "NAME", "Send a message with the report to this queue; needs a storage account (default: do not)"),
    ];

    private readonly SpecField[] _batch =
    [
        SpecField.Text("--dispatch", "batch/dispatch", "activity|queue", "How batches reach workers: in this process, or by queue to workers on any machine; needs a storage account (default: activity)"),
        SpecField.Text("--slice", "batch/slice", "10s", "How long a batch takes items before it reports back (default: 10s)"),
        SpecField.Number("--max-items", "batch/maxItems", "N", "The longest range one batch is given (default: 100000)"),
        SpecField.Text("--checkpoint", "batch/checkpoint", "1s", "How often settled items are made durable (default: 1s)"),
        SpecField.Number("--branches", "batch/branches", "N", "Branches the run fans out to (default: as many as the lanes need)"),
        SpecField.Number("--lanes", "batch/lanes", "N", "Lanes over all branches (default: from concurrency and rate)"),
    ];

    public IReadOnlyList<FlagGroup> Groups =>
    [
        new("Flow", [_flow.Concurrency, _flow.Rate, _burst.Option, _flow.Weight, .. Options(_sharing)]),
        new("Items with the same key", Options(_perKey)),
        new("Failure", [.. Options(_failure), _flow.Tolerate, _deadline.Option]),
        new("Results", Options(_results)),
        new("When it has ended, however it ended", Options(_onComplete)),
        new("Batches (the defaults are right for most runs)", Options(_batch)),
    ];

    /// <summary>Puts what was typed into the document.</summary>
    /// <exception cref="UsageException">What was typed contradicts itself.</exception>
    public void Apply(ParseResult parse, JsonObject document)
    {
        _flow.Apply(parse, document);
        foreach (var field in (IEnumerable<SpecField>)[_burst, .. _sharing, .. _perKey, .. _failure, _deadline, .. _results, .. _onComplete, .. _batch])
            field.Apply(parse, document);
    }

    private static Option[] Options(IEnumerable<SpecField> fields) => [.. fields.Select(f => f.Option)];
}
