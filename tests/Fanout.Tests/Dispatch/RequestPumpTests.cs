using System.Collections.Concurrent;
using Fanout.Dispatch;
using Fanout.Runs;
using Fanout.Tests.Runs;
using Fanout.Tests.Specs;
using Moq;
using Xunit;

namespace Fanout.Tests.Dispatch;

public sealed class RequestPumpTests : IDisposable
{
    private const string Spec = """{"handler":{"name":"echo"},"source":{"kind":"range","start":0,"end":10}}""";

    private readonly Mock<IRequestQueue> _queue = new();
    private readonly Mock<IRunClient> _client = new();
    private readonly ConcurrentQueue<FakeRequest> _requests = new();
    private readonly ConcurrentQueue<string> _started = new();
    private readonly CancellationTokenSource _stop = new();

    public RequestPumpTests()
    {
        _queue.Setup(queue => queue.ReceiveAsync(It.IsAny<TimeSpan>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(() => _requests.TryDequeue(out var request) ? request : null);
        _client.Setup(client => client.StartAsync(It.IsAny<RunSpec>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync((RunSpec spec, CancellationToken _) => new StartedRun(spec.Id!, Created: true));
    }

    public void Dispose() => _stop.Dispose();

    [Fact]
    public async Task Request_StartsItsRunTellsAndIsRemoved()
    {
        var (named, unnamed) = (Given("m1", """{"id":"nightly",""" + Spec[1..]), Given("m2", Spec));
        var pumping = Pump().RunAsync(_stop.Token);
        Assert.Equal(["done", "done"], await Task.WhenAll(named.EndAsync(), unnamed.EndAsync()));
        await StopAsync(pumping);
        Assert.Equal(["nightly", "request-m2"], _started.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task RequestDeliveredAgain_AsksForTheSameRun()
    {
        var (first, again) = (Given("m", Spec), Given("m", Spec));
        var pumping = Pump().RunAsync(_stop.Token);
        Assert.Equal(["done", "done"], await Task.WhenAll(first.EndAsync(), again.EndAsync()));
        await StopAsync(pumping);
        Assert.Equal(["request-m", "request-m"], _started);
    }

    [Fact]
    public async Task WhatIsNoRequest_IsPutAsideWithTheReasonAndNothingElseStops()
    {
        _client.Setup(client => client.StartAsync(It.Is<RunSpec>(spec => spec.Id == "taken"), It.IsAny<CancellationToken>()))
            .ThrowsAsync(new RunException("taken", "Run 'taken' exists with another spec."));
        _client.Setup(client => client.StartAsync(It.Is<RunSpec>(spec => spec.Id == "no-source"), It.IsAny<CancellationToken>()))
            .ThrowsAsync(new SourceException("There is no file 'a'."));
        _client.Setup(client => client.StartAsync(It.Is<RunSpec>(spec => spec.Id == "bug"), It.IsAny<CancellationToken>()))
            .ThrowsAsync(new InvalidOperationException("Unforeseen."));
        var noJson = Given("1", "{");
        var wrong = Given("2", """{"handler":{"name":"nope"},"source":{"kind":"range","start":0,"end":10},"flow":{"concurrency":0}}""");
        var taken = Given("3", """{"id":"taken",""" + Spec[1..]);
        var noSource = Given("4", """{"id":"no-source",""" + Spec[1..]);
        var bug = Given("5", """{"id":"bug",""" + Spec[1..]);
        var unread = Given("6", "");
        unread.OnRead = () => Task.FromResult(new RequestText(null, "There is no such blob."));
        var tooOften = Given("7", Spec, count: 11);
        var good = Given("8", Spec);

        var pumping = Pump().RunAsync(_stop.Token);

        Assert.Equal("done", await good.EndAsync());
        Assert.Contains("not JSON", await noJson.EndAsync(), StringComparison.Ordinal);
        Assert.Contains("/handler/name: \"nope\"", await wrong.EndAsync(), StringComparison.Ordinal);
        Assert.Contains("/flow/concurrency: 0", await wrong.EndAsync(), StringComparison.Ordinal);
        Assert.Equal("Run 'taken' exists with another spec.", await taken.EndAsync());
        Assert.Equal("There is no file 'a'.", await noSource.EndAsync());
        Assert.Equal("Unexpected InvalidOperationException: Unforeseen.", await bug.EndAsync());
        Assert.Equal("There is no such blob.", await unread.EndAsync());
        Assert.Contains("delivered 10 times", await tooOften.EndAsync(), StringComparison.Ordinal);
        await StopAsync(pumping);
        Assert.Equal(["request-8"], _started);
    }

    [Fact]
    public async Task WhileStorageFails_RequestsWaitAndThenGoOn()
    {
        var (receives, reads, starts) = (0, 0, 0);
        var request = new FakeRequest("m", Spec);
        request.OnRead = () => ++reads < 4 ? throw new StorageException("away") : Task.FromResult(new RequestText(Spec));
        _queue.Setup(queue => queue.ReceiveAsync(It.IsAny<TimeSpan>(), It.IsAny<CancellationToken>())).Returns(() =>
            ++receives < 4 ? throw new StorageException("away") : Task.FromResult<IRequestDelivery?>(receives == 4 ? request : null));
        _client.Setup(client => client.StartAsync(It.IsAny<RunSpec>(), It.IsAny<CancellationToken>())).Returns((RunSpec spec, CancellationToken _) =>
            ++starts < 4 ? throw new StorageException("away") : Task.FromResult(new StartedRun(spec.Id!, Created: true)));

        var pumping = Pump().RunAsync(_stop.Token);

        Assert.Equal("done", await request.EndAsync());
        await StopAsync(pumping);
        Assert.Equal(["request-m"], _started);
    }

    [Fact]
    public async Task StorageThatStaysAway_LeavesTheRequestToComeAgain()
    {
        var reads = 0;
        var (bad, good) = (Given("bad", Spec), Given("good", Spec));
        bad.OnRead = () =>
        {
            Interlocked.Increment(ref reads);
            throw new StorageException("away");
        };
        var pumping = Pump(options => options with { AtOnce = 1, StoragePatience = TimeSpan.FromSeconds(60) }).RunAsync(_stop.Token);
        Assert.Equal("done", await good.EndAsync());
        Assert.False(bad.HasEnded);
        Assert.InRange(reads, 5, 30);
        await StopAsync(pumping);
    }

    [Fact]
    public async Task RequestWhoseSourceIsSlow_StaysHidden()
    {
        var request = Given("m", Spec);
        _client.Setup(client => client.StartAsync(It.IsAny<RunSpec>(), It.IsAny<CancellationToken>())).Returns(async (RunSpec spec, CancellationToken _) =>
        {
            await request.RenewedTwiceAsync();
            return new StartedRun(spec.Id!, Created: true);
        });
        var pumping = Pump(longestWait: TimeSpan.FromSeconds(30)).RunAsync(_stop.Token);
        Assert.Equal("done", await request.EndAsync());
        await StopAsync(pumping);
    }

    [Fact]
    public async Task RequestThatAnotherHas_IsLeftToIt()
    {
        var request = Given("m", Spec);
        request.IsLost = true;
        var given = new TaskCompletionSource();
        _client.Setup(client => client.StartAsync(It.IsAny<RunSpec>(), It.IsAny<CancellationToken>())).Returns(async (RunSpec _, CancellationToken token) =>
        {
            await using var registration = token.Register(given.SetResult);
            await given.Task;
            throw new OperationCanceledException(token);
        });
        var pumping = Pump(options => options with { AtOnce = 1 }, longestWait: TimeSpan.FromSeconds(30)).RunAsync(_stop.Token);
        await given.Task.WaitAsync(TimeSpan.FromSeconds(30));
        _client.Setup(client => client.StartAsync(It.IsAny<RunSpec>(), It.IsAny<CancellationToken>())).ReturnsAsync(new StartedRun("next", Created: true));
        Assert.Equal("done", await Given("next", Spec).EndAsync());
        Assert.False(request.HasEnded);
        await StopAsync(pumping);
    }

    [Fact]
    public async Task Stop_GivesBackWhatIsNotAnswered()
    {
        var request = Given("m", Spec);
        var begun = new TaskCompletionSource();
        _client.Setup(client => client.StartAsync(It.IsAny<RunSpec>(), It.IsAny<CancellationToken>())).Returns(async (RunSpec _, CancellationToken token) =>
        {
            begun.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            throw new InvalidOperationException("It was to be cancelled.");
        });
        var pumping = Pump().RunAsync(_stop.Token);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await StopAsync(pumping);
        Assert.Equal("released", await request.EndAsync());
        Assert.Empty(_started);
    }

    [Fact]
    public async Task WithoutRoom_RequestsStayInTheQueue()
    {
        var request = Given("m", Spec);
        var (asked, room) = (new TaskCompletionSource(), new TaskCompletionSource());
        var pumping = Pump(options => options with
        {
            WhenRoomAsync = _ =>
            {
                asked.TrySetResult();
                return room.Task;
            },
        }).RunAsync(_stop.Token);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Single(_requests);
        room.SetResult();
        Assert.Equal("done", await request.EndAsync());
        await StopAsync(pumping);
    }

    // Renewals do not hurry unless they are asked to: they would use up the time that others wait for.
    private RequestPump Pump(Func<RequestPumpOptions, RequestPumpOptions>? configure = null, TimeSpan? longestWait = null)
    {
        var options = new RequestPumpOptions
        {
            OnStarted = runId =>
            {
                _started.Enqueue(runId);
                return Task.CompletedTask;
            },
        };
        return new RequestPump(
            _queue.Object,
            new RequestIntake(_client.Object, SpecSamples.Registry),
            configure is null ? options : configure(options),
            new HurryingTime(longestWait ?? options.LongestWait));
    }

    private FakeRequest Given(string id, string spec, long count = 1)
    {
        var request = new FakeRequest(id, spec, count);
        _requests.Enqueue(request);
        return request;
    }

    private async Task StopAsync(Task pumping)
    {
        await _stop.CancelAsync();
        await pumping.WaitAsync(TimeSpan.FromSeconds(30));
    }
}
