using System.Threading.Channels;
using Fanout.Azure.Queues;
using Fanout.Azure.Tests.Support;
using Fanout.Dispatch;
using Fanout.Handlers;
using Fanout.Runs;
using Moq;
using Xunit;

namespace Fanout.Azure.Tests.Queues;

[Trait("Category", Categories.Azurite)]
public sealed class QueueOutageTests
{
    [Fact]
    public async Task RequestPump_OutlivesAnAccountThatIsAway()
    {
        await using var azurite = await Azurite.StartAsync();
        var hub = azurite.NewHub(options => options with { MaxAttempts = 1, RequestTimeout = TimeSpan.FromSeconds(2) });
        var (tries, started) = (Channel.CreateUnbounded<bool>(), Channel.CreateUnbounded<string>());
        using var stop = new CancellationTokenSource();
        var pumping = Pump(hub, tries, started).RunAsync(stop.Token);
        await RequestAsync(hub, "before");
        Assert.Equal("before", await NextAsync(started));

        azurite.Stop();
        while (tries.Reader.TryRead(out _))
        {
            // Of the time before.
        }

        for (var attempts = 0; attempts < 3; attempts++)
            await NextAsync(tries);
        await azurite.RestartAsync();
        await RequestAsync(hub, "after");
        while (await NextAsync(started) != "after")
        {
            // The first one again: it may not have been removed before the account was away.
        }

        await stop.CancelAsync();
        await pumping.WaitAsync(Batches.Patience);
        Assert.Empty(await Batches.PeekAsync(hub, "requests-poison"));
    }

    private static RequestPump Pump(AzureStorage hub, Channel<bool> tries, Channel<string> started)
    {
        var client = new Mock<IRunClient>();
        client.Setup(runs => runs.StartAsync(It.IsAny<RunSpec>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync((RunSpec spec, CancellationToken _) => new StartedRun(spec.Id!, Created: true));
        var registry = new FanoutRegistry();
        registry.Handlers.Add("noop", new HandlerRegistration("noop", static _ => [], static (_, _) => throw new NotSupportedException()));
        return new RequestPump(new AzureRequestQueue(hub), new RequestIntake(client.Object, registry), new RequestPumpOptions
        {
            OnStarted = runId => started.Writer.WriteAsync(runId).AsTask(),
            WhenRoomAsync = async token => await tries.Writer.WriteAsync(true, token),
        });
    }

    private static Task RequestAsync(AzureStorage hub, string id) => Batches.PutAsync(
        hub, AzureRequestQueue.Name, $$$"""{"id":"{{{id}}}","handler":{"name":"noop"},"source":{"kind":"range","start":0,"end":10}}""", encoded: true);

    private static Task<T> NextAsync<T>(Channel<T> channel) => channel.Reader.ReadAsync().AsTask().WaitAsync(Batches.Patience);
}
