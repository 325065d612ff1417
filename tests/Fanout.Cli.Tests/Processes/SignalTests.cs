using Xunit;

namespace Fanout.Cli.Tests.Processes;

/// <summary>Ctrl+C, and what a service manager sends instead.</summary>
public sealed class SignalTests : IDisposable
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly ProcessHome _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData(AppProcess.SigInt)]
    [InlineData(AppProcess.SigTerm)]
    public async Task OneSignal_LetsItemsInFlightFinishAndSaysHowToContinue(int signal)
    {
        const int Items = 40;
        var command = _home.Run("r", Items, "--concurrency", "4");
        await using var process = _home.Start(command, TimeSpan.FromMilliseconds(500));
        await _home.Log.UntilAsync(deeds => deeds.Count(deed => deed.Began) >= 8);
        process.Signal(signal);
        var exit = (await process.ExitAsync()).AssertCode(130);
        Assert.Contains("Stopping: letting 4 in flight finish (up to 10s)", exit.Error, StringComparison.Ordinal);
        Assert.Contains($"Continue it with: Fanout.TestApp resume r --home {_home.Path}", exit.Error, StringComparison.Ordinal);
        var deeds = _home.Log.Read();
        Assert.Equal(deeds.Count(deed => deed.Began), deeds.Count(deed => deed.Ended));

        (await _home.RunAsync(["resume", "r", "--home", _home.Path])).AssertCode(0);
        Assert.Equal(Enumerable.Range(0, Items), _home.Log.Read().Where(deed => deed.Began).Select(deed => deed.Index).Order());
        Assert.Equal(Enumerable.Range(0, Items), await _home.ResultsAsync("r"));
    }

    [Fact]
    public async Task SecondSignal_CancelsItemsInFlightWhichRunAgainLater()
    {
        var command = _home.Run("r", 10, "--concurrency", "4", "--grace", "1h");
        await using var process = _home.Start(command, Hour);
        await _home.Log.UntilAsync(deeds => deeds.Count == 4);
        process.Signal(AppProcess.SigInt);
        process.Signal(AppProcess.SigTerm);
        var signalled = TimeProvider.System.GetTimestamp();
        var exit = (await process.ExitAsync()).AssertCode(130);
        Assert.InRange(TimeProvider.System.GetElapsedTime(signalled), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.Contains("Cancelling what is in flight", exit.Error, StringComparison.Ordinal);
        Assert.Equal(4, _home.Log.Read().Count(deed => deed.Cancelled));

        (await _home.RunAsync(command)).AssertCode(0);
        Assert.Equal(Enumerable.Range(0, 10), await _home.ResultsAsync("r"));
    }

    [Fact]
    public async Task SignalWhileStandardInputIsAwaited_EndsAtOnce()
    {
        await using var process = AppProcess.Start(AppProcess.Fanout, ["run", "--lines", "-", "--id", "r", "--home", _home.Path, "--handler", "noop"]);
        await _home.Log.UntilAsync(_ => Directory.Exists(Path.Combine(_home.Path, "sources", "r")));
        process.Signal(AppProcess.SigInt);
        var signalled = TimeProvider.System.GetTimestamp();
        (await process.ExitAsync()).AssertCode(130);
        Assert.InRange(TimeProvider.System.GetElapsedTime(signalled), TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task SignalWhileWatching_LeavesTheRunToWhoDrivesIt()
    {
        var command = _home.Run("r", 8, "--concurrency", "4");
        await using var driver = _home.Start(command, TimeSpan.FromSeconds(2));
        await _home.Log.UntilAsync(deeds => deeds.Count == 4);
        await using var watcher = _home.Start(command);
        await watcher.SaysAsync("waiting for it.");
        watcher.Signal(AppProcess.SigInt);
        var exit = (await watcher.ExitAsync()).AssertCode(130);
        Assert.Contains($"goes on in {Environment.MachineName}:{driver.Id}", exit.Error, StringComparison.Ordinal);
        (await driver.ExitAsync()).AssertCode(0);
        Assert.Equal(Enumerable.Range(0, 8), await _home.ResultsAsync("r"));
    }
}
