using System.Globalization;
using Fanout.Azure.Tests.Support;
using Xunit;
using Xunit.Abstractions;

namespace Fanout.Azure.Tests.Processes;

/// <summary>An account that answers with every kind of error, loses requests, and loses answers, for coordinator and worker alike.</summary>
[Trait("Category", Categories.Azurite)]
[Collection(nameof(WholeRuns))]
public sealed class FaultyAccountTests(ITestOutputHelper output)
{
    private const int Items = 3_000;

    private static readonly TimeSpan FaultsFor = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Theory]
    [InlineData("queue", 1)]
    [InlineData("activity", 2)]
    public async Task EveryKindOfFault_IsWaitedOut(string dispatch, int seed)
    {
        using var faulty = new FaultyTransport();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var process = await OneProcess.StartAsync(faulty, Spec(dispatch), async (item, cancellationToken) =>
        {
            begun.TrySetResult();
            await Task.Delay(TimeSpan.FromMilliseconds(40), TimeProvider.System, cancellationToken);
            return item;
        });

        await begun.Task.WaitAsync(Patience, TimeProvider.System);
        var random = new Random(seed);
        faulty.Script(_ => random.NextDouble() < 0.3 ? Fault.Every[random.Next(Fault.Every.Count)] : null);
        await Task.Delay(FaultsFor, TimeProvider.System);
        faulty.Heal();
        var report = await process.EndAsync();

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{faulty.Faults} of {faulty.Requests} requests went wrong"));
        Assert.True(faulty.Faults > 5, "Hardly anything went wrong.");
        Assert.Equal(RunStatus.Succeeded, report.Status);
        Assert.Equal(Items, report.Tally.Succeeded);
        await process.AssertCompleteAsync(Items);
    }

    private static string Spec(string dispatch) => $$"""
        { "id": "r", "handler": { "name": "work" }, "source": { "kind": "range", "start": 0, "end": {{Items}} },
          "flow": { "concurrency": 16 }, "batch": { "dispatch": "{{dispatch}}", "slice": "1s", "checkpoint": "100ms" } }
        """;
}
