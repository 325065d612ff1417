using Fanout.Handlers;
using Fanout.Runs;

namespace Fanout.Cli.Tests.Support;

/// <summary>Values to start from.</summary>
public static class Given
{
    public static DateTimeOffset Noon { get; } = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    public const string SpecJson = """{"id":"nightly","handler":{"name":"echo","options":{"a":1}},"source":{"kind":"range","start":0,"end":10},"flow":{"concurrency":64,"rate":"50/s","burst":10}}""";

    public static FanoutRegistry Registry()
    {
        var registry = new FanoutRegistry();
        foreach (var name in new[] { "echo", "http", "exec" })
            registry.Handlers.Add(name, new HandlerRegistration(name, _ => [], (_, _) => throw new InvalidOperationException()));
        return registry;
    }

    public static RunRecord Record(string id = "nightly") => new() { Id = id, SpecJson = SpecJson, CreatedAt = Noon };

    public static RunReport Report(string id = "nightly", RunStatus status = RunStatus.Succeeded) => new()
    {
        RunId = id,
        Status = status,
        Reason = status switch
        {
            RunStatus.Succeeded => CompletionReason.AllItemsSucceeded,
            RunStatus.CompletedWithFailures => CompletionReason.AllItemsSettled,
            RunStatus.Failed => CompletionReason.ToleranceExceeded,
            RunStatus.Cancelled => CompletionReason.CancelledByRequest,
            _ => CompletionReason.DeadlineReached,
        },
        Total = 10,
        Tally = new Tally { Succeeded = 10, Attempts = 10 },
        StartedAt = Noon,
        EndedAt = Noon.AddSeconds(5),
    };

    public static RunProgress Progress() => new()
    {
        At = Noon,
        Total = 100_000,
        Succeeded = 41_218,
        Failed = 12,
        InFlight = 64,
        ItemsPerSecond = 1_204,
        WaitingFor = "handlers",
        Allotment = new Allotment(64, new Rate(50, TimeSpan.FromSeconds(1)), 10),
    };
}
