using Xunit;

namespace Fanout.Tests.Specs;

/// <summary>What people read when a spec is refused, word for word.</summary>
public class SpecErrorMessagesTests
{
    private const string Spec = """
        {
          "id": "nightly/1",
          "handlr": "http",
          "source": { "kind": "jsnl", "path": "orders.jsonl" },
          "flow": { "concurrency": 0, "rate": 50, "burst": 2000000, "weight": "heavy", "limits": "crm-api" },
          "failure": {
            "timeout": 10,
            "retry": { "maxAttempts": 1.5, "firstDelay": "2h", "maxDelay": "soon", "jitter": "yes" },
            "tolerate": "some",
            "deadline": null
          },
          "batch": { "slice": "50ms", "dispatch": "queues" },
          "results": { "keep": "failed", "reduce": "summ" }
        }
        """;

    private const string Expected = """
        /id: "nightly/1" is not a run's id; allowed are 1 to 100 letters, digits, '.', '_' and '-' (A-Z, a-z, 0-9), the first not '.' or '-'. Write one such as "nightly-1".
        /handlr: "http" was given, but there is no field "handlr" here. Did you mean "handler"? Fields here: $schema, id, handler, source, flow, failure, batch, results, onComplete.
        /source/kind: "jsnl" is not one of "lines", "jsonl", "json", "csv", "range", "inline", "files", "blobs", "redrive", "custom". Did you mean "jsonl"?
        /flow/concurrency: 0 is too small; allowed are 1 to 100,000 items in flight. Raise it to 1 or more.
        /flow/rate: 50 is not a rate; allowed are 1,000,000 a second down to one in 30 days. Write how often in which time (s, min, h, d), such as "50/s", "3000/min" or "1/d".
        /flow/burst: 2000000 is too large; allowed are 1 to 1,000,000 starts at once. Lower it to 1,000,000 or less.
        /flow/weight: "heavy" is not a number; allowed are 0.001 to 1,000. Write a number from 0.001 to 1,000.
        /flow/limits: "crm-api" is not an array of limits' names. Write it as ["crm-api"].
        /failure/timeout: 10 has no unit; allowed are 1ms to 1d. Write text with a unit (us, ms, s, m, h, d), such as "10s".
        /failure/retry/maxAttempts: 1.5 is not a whole number; allowed are 1 to 100 attempts. Write a number from 1 to 100.
        /failure/retry/firstDelay: "2h" is too long; allowed are 0s to 1h. Lower it to 1h or less.
        /failure/retry/maxDelay: "soon" is not a duration; allowed are 0s to 1d. Write a number and a unit (us, ms, s, m, h, d), such as "1m".
        /failure/retry/jitter: "yes" is not true or false. Write true or false, without quotes.
        /failure/tolerate: "some" is not a tolerance; allowed are 0 or more items, and 0% to 100%. Write a number of items, a percentage, or both: 100, "5%", "100,5%" or { "count": 100, "percent": 5 }.
        /failure/deadline: null is not a duration; allowed are 1ms to 30d. Leave the field out if you mean its default. Write a number and a unit (us, ms, s, m, h, d), such as "2h".
        /batch/slice: "50ms" is too short; allowed are 100ms to 5m. Raise it to 100ms or more.
        /batch/dispatch: "queues" is not one of "activity", "queue". Did you mean "queue"?
        /results/keep: "failed" is not one of "all", "failures", "none". Choose one of these.
        /results/reduce: "summ" is not a registered reducer. Did you mean "sum"? Registered: "sum", "count".
        /handler: is missing, and there is no default. Add "handler": { "name": "http", "options": { … } }.
        """;

    [Fact]
    public void Messages_NameFieldValueRangeAndRemedy() =>
        Assert.Equal(Expected, string.Join("\n", SpecSamples.ErrorsOf(Spec)), ignoreLineEndingDifferences: true);
}
