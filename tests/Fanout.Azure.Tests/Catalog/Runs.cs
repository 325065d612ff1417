using Fanout.Runs;

namespace Fanout.Azure.Tests.Catalog;

/// <summary>Runs for tests.</summary>
internal static class Runs
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static RunRecord New(string id) => new() { Id = id, SpecJson = """{"handler":{"name":"noop"}}""", CreatedAt = Start };

    public static RunReport Report(string id) => new()
    {
        RunId = id,
        Status = RunStatus.Succeeded,
        Reason = CompletionReason.AllItemsSucceeded,
        Total = 1,
        Tally = new Tally { Succeeded = 1 },
        StartedAt = Start,
        EndedAt = Start.AddMinutes(1),
    };
}
