using Fanout.Azure.Tests.Support;
using Fanout.Cli.Tests.Processes;
using Xunit;

namespace Fanout.Azure.Tests.Processes;

/// <summary>Processes that are asked to stop while others go on.</summary>
[Trait("Category", Categories.Azurite)]
[Collection(nameof(WholeRuns))]
public sealed class StopTests : IAsyncLifetime, IDisposable
{
    private const int Items = 60;

    // Longer than any of these tests takes: what another worker goes on with was handed back.
    private const string Visibility = "1h";

    private HubHome _home = null!;

    public async Task InitializeAsync() => _home = new HubHome(await Azurite.SharedAsync()) { ItemTime = TimeSpan.FromMilliseconds(500) };

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task AWorkerThatIsStopped_HandsTheRestToAnother()
    {
        await using var coordinator = Coordinate();
        await using var stopped = Work();
        await _home.Log.UntilAsync(deeds => deeds.Count(deed => deed.Began) >= 8);
        stopped.Signal(AppProcess.SigTerm);
        (await stopped.ExitAsync()).AssertCode(0);
        var done = _home.Log.Read();
        Assert.Equal(done.Count(deed => deed.Began), done.Count(deed => deed.Ended));
        Assert.InRange(done.Count, 16, Items);

        await using var heir = Work();
        (await coordinator.ExitAsync()).AssertCode(0);
        Assert.Equal(Enumerable.Range(0, Items), _home.Log.Read().Where(deed => deed.Began).Select(deed => deed.Index).Order());
        await _home.AssertSucceededAsync(Items);
    }

    [Fact]
    public async Task ACoordinatorThatIsStopped_LeavesTheRunToBeResumedWhileWorkersLive()
    {
        await using var worker = Work();
        await using (var coordinator = Coordinate())
        {
            await _home.Log.UntilAsync(deeds => deeds.Count(deed => deed.Began) >= 8);
            coordinator.Signal(AppProcess.SigInt);
            var exit = (await coordinator.ExitAsync()).AssertCode(130);
            Assert.Contains("Continue it with: Fanout.TestApp resume r", exit.Error, StringComparison.Ordinal);
        }

        Assert.False(worker.HasExited, "The worker ended.");
        (await _home.RunAsync("resume", "r")).AssertCode(0);
        Assert.Equal(Enumerable.Range(0, Items), _home.Log.Read().Where(deed => deed.Began).Select(deed => deed.Index).Order());
        await _home.AssertSucceededAsync(Items);
    }

    [Fact]
    public async Task ADeadline_EndsTheRunInEveryWorker()
    {
        await using var first = Work();
        await using var second = Work();
        await using var coordinator = _home.Coordinate(10 * Items, "--handler", "record", "--concurrency", "4", "--slice", "1m", "--deadline", "15s");
        (await coordinator.ExitAsync()).AssertCode(4);
        var report = await _home.ReportAsync();
        Assert.Equal(CompletionReason.DeadlineReached, report.Reason);
        Assert.InRange(report.Tally.Succeeded, 4, 140);
        Assert.Equal(10 * Items, report.Tally.Settled + report.NotStarted);
        Assert.Equal(report.Tally.Settled, (await _home.LinesAsync()).Count);
        // Whoever had something in flight let go of it, and lives on.
        Assert.False(first.HasExited || second.HasExited, "A worker ended.");
        var done = _home.Log.Read();
        Assert.Equal(report.Tally.Settled, done.Count(deed => deed.Began));
    }

    [Fact]
    public async Task ASecondHomeOnTheSameHub_IsRefused()
    {
        (await _home.RunAsync("run", "--range", "0..3", "--id", "r", "--handler", "noop")).AssertCode(0);
        await using var other = _home.StartIn(_home.Path + "2", "run", "--range", "0..3", "--id", "s", "--handler", "noop");
        var exit = (await other.ExitAsync()).AssertCode(3);
        Assert.Contains($"are coordinated elsewhere, by another home, on {Environment.MachineName}", exit.Error, StringComparison.Ordinal);
    }

    private AppProcess Coordinate() => _home.Coordinate(Items, "--handler", "record", "--concurrency", "4", "--slice", "1m");

    private AppProcess Work() => _home.Work("--visibility", Visibility, "--quiet");
}
