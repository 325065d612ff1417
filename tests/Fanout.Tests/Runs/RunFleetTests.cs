using System.Collections.Concurrent;
using Fanout.Runs;
using Moq;
using Xunit;

namespace Fanout.Tests.Runs;

public sealed class RunFleetTests : IDisposable
{
    private readonly FakeDriver _driver;
    private readonly Mock<IRunClient> _client = new();
    private readonly HurryingTime _time = new();
    private readonly CancellationTokenSource _stop = new();
    private IReadOnlyList<RunRecord> _runs = [];

    public RunFleetTests()
    {
        _driver = new FakeDriver(_time);
        _client.Setup(client => client.ListAsync(It.IsAny<RunQuery>(), It.IsAny<CancellationToken>())).ReturnsAsync(() => _runs);
    }

    public void Dispose() => _stop.Dispose();

    [Fact]
    public async Task GivenRuns_AreDrivenInOrderAndNoMoreAtOnceThanAllowed()
    {
        var fleet = Fleet(new RunFleetOptions { AtOnce = 2 });
        foreach (var runId in (string[])["a", "b", "c", "d", "a"])
            fleet.Give(runId);
        var running = fleet.RunAsync(_stop.Token, default);
        var driven = new List<string>();
        var (one, two) = (await _driver.NextAsync(), await _driver.NextAsync());
        driven.AddRange(new[] { one.RunId, two.RunId }.Order(StringComparer.Ordinal));
        Assert.False(_driver.HasMore);
        one.Succeed();
        var three = await _driver.NextAsync();
        three.Succeed();
        var four = await _driver.NextAsync();
        driven.AddRange([three.RunId, four.RunId]);
        two.Succeed();
        four.Succeed();

        await StopAsync(running);
        Assert.Equal(["a", "b", "c", "d"], driven);
        Assert.Equal(2, _driver.Most);
        Assert.False(_driver.HasMore);
    }

    [Fact]
    public async Task FailureOfOneRun_EndsNoOtherAndIsTriedAgainEachTimeLater()
    {
        _runs = [Run("bad")];
        var (ended, setBack) = (new ConcurrentQueue<string>(), new ConcurrentQueue<string>());
        var (began, failed) = (new List<DateTimeOffset>(), new List<DateTimeOffset>());
        var fleet = Fleet(new RunFleetOptions
        {
            LookEvery = TimeSpan.FromMilliseconds(100),
            OnEnded = report => ended.Enqueue(report.RunId),
            OnSetBack = (runId, _) => setBack.Enqueue(runId),
        });
        fleet.Give("good");
        var running = fleet.RunAsync(_stop.Token, default);
        FakeDriver.Driving? good = null;
        Exception[] failures = [new SourceException("changed"), new StorageException("away"), new RunException("bad", "elsewhere"), new InvalidOperationException("bug")];
        foreach (var failure in failures)
        {
            var next = await _driver.NextAsync();
            if (next.RunId == "good")
            {
                good = next;
                next = await _driver.NextAsync();
            }

            Assert.Equal("bad", next.RunId);
            began.Add(next.Began);
            failed.Add(_time.GetUtcNow());
            next.Fail(failure);
        }

        var last = await _driver.NextAsync();
        began.Add(last.Began);
        _runs = [];
        last.Succeed();
        good!.Succeed();
        await StopAsync(running);
        Assert.Equal(["bad", "good"], ended.Order(StringComparer.Ordinal));
        Assert.Equal(["bad", "bad", "bad", "bad"], setBack);
        var waits = failed.Zip(began.Skip(1), (failed, again) => again - failed).ToList();
        Assert.True(waits[0] >= TimeSpan.FromSeconds(1) && waits[1] >= TimeSpan.FromSeconds(2) && waits[2] >= TimeSpan.FromSeconds(4) && waits[3] >= TimeSpan.FromSeconds(8), string.Join(", ", waits));
    }

    [Fact]
    public async Task RunsThatNobodyDrives_AreTakenOverOldestFirst()
    {
        _runs =
        [
            Run("new"),
            Run("elsewhere") with { DrivenBy = "host:1" },
            Run("paused") with { Control = new RunControl(Paused: true) },
            Run("old"),
        ];
        var running = Fleet(new RunFleetOptions { AtOnce = 1 }).RunAsync(_stop.Token, default);
        var first = await _driver.NextAsync();
        Assert.Equal("old", first.RunId);
        _runs = _runs.Where(run => run.Id != "old").ToList();
        first.Succeed();
        var second = await _driver.NextAsync();
        Assert.Equal("new", second.RunId);
        _runs = _runs.Where(run => run.Id != "new").ToList();
        second.Succeed();

        await StopAsync(running);
        Assert.False(_driver.HasMore);
    }

    [Fact]
    public async Task PausedRun_MakesRoomForOneThatWaits()
    {
        var fleet = Fleet(new RunFleetOptions { AtOnce = 1 });
        fleet.Give("paused");
        fleet.Give("waits");
        var running = fleet.RunAsync(_stop.Token, default);
        var paused = await _driver.NextAsync();
        Assert.Equal("paused", paused.RunId);
        _driver.Show("paused", "paused");
        await paused.LetGoAsync();
        var next = await _driver.NextAsync();
        Assert.Equal("waits", next.RunId);
        Assert.False(next.Stop.IsCancellationRequested);
        next.Succeed();
        await StopAsync(running);
    }

    [Fact]
    public async Task Stop_LetsEveryRunGoAndWaitsForIt()
    {
        var fleet = Fleet();
        fleet.Give("a");
        fleet.Give("b");
        var running = fleet.RunAsync(_stop.Token, default);
        var (one, two) = (await _driver.NextAsync(), await _driver.NextAsync());
        await _stop.CancelAsync();
        await one.LetGoAsync();
        Assert.True(two.Stop.IsCancellationRequested);
        Assert.False(running.IsCompleted);
        two.End.SetResult(null);
        await running.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Empty(fleet.Driven);
    }

    [Fact]
    public async Task WhoStartsRuns_WaitsForRoom()
    {
        var fleet = Fleet(new RunFleetOptions { AtOnce = 1 });
        var running = fleet.RunAsync(_stop.Token, default);
        await fleet.WhenRoomAsync(default).WaitAsync(TimeSpan.FromSeconds(30));
        fleet.Give("a");
        var driving = await _driver.NextAsync();
        var room = fleet.WhenRoomAsync(default);
        Assert.False(room.IsCompleted);
        driving.Succeed();
        await room.WaitAsync(TimeSpan.FromSeconds(30));
        await StopAsync(running);
    }

    [Fact]
    public async Task ListThatCannotBeRead_IsReadAgain()
    {
        var reads = 0;
        _client.Setup(client => client.ListAsync(It.IsAny<RunQuery>(), It.IsAny<CancellationToken>())).Returns(() =>
            ++reads < 3 ? throw new StorageException("away") : Task.FromResult<IReadOnlyList<RunRecord>>([Run("a")]));
        var running = Fleet().RunAsync(_stop.Token, default);
        var driving = await _driver.NextAsync();
        await _stop.CancelAsync();
        driving.Succeed();
        await running.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("a", driving.RunId);
    }

    [Theory]
    [InlineData(false, false, "2h", true)]
    [InlineData(true, false, "2h", false)]
    [InlineData(true, true, "2h", true)]
    [InlineData(true, false, "30m", true)]
    public void PausedRun_NeedsSomebodyOnlyToEndIt(bool paused, bool stopped, string deadline, bool needed)
    {
        var started = _time.GetUtcNow();
        var run = Run("a") with
        {
            SpecJson = $$$"""{"failure":{"deadline":"{{{deadline}}}"}}""",
            StartedAt = started,
            Control = new RunControl(Paused: paused, Stop: stopped ? CompletionReason.CancelledByRequest : null),
        };
        Assert.Equal(needed, UndrivenRuns.HasSomethingToDo(run, started.AddHours(1)));
    }

    [Fact]
    public void Setbacks_DoubleUpToTheLongestAndAreForgotten()
    {
        var now = _time.GetUtcNow();
        var setbacks = new RunSetbacks(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
        foreach (var seconds in (int[])[1, 2, 4, 5, 5])
        {
            setbacks.Add("a", now);
            Assert.True(setbacks.Holds("a", now.AddSeconds(seconds - 0.1)));
            Assert.False(setbacks.Holds("a", now.AddSeconds(seconds)));
        }

        setbacks.RemoveOld(now.AddSeconds(11));
        setbacks.Add("a", now);
        Assert.False(setbacks.Holds("a", now.AddSeconds(1)));
    }

    private RunFleet Fleet(RunFleetOptions? options = null) => new(_client.Object, _driver, options, _time);

    private async Task StopAsync(Task running)
    {
        await _stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private static RunRecord Run(string id) => new() { Id = id, SpecJson = "{}", CreatedAt = DateTimeOffset.UnixEpoch };
}
