using Fanout.Handlers.Exec;
using Xunit;

namespace Fanout.Tests.Handlers.Exec;

public sealed class ExecThreadsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task ItemsOneAfterAnother_StayOnOneThread()
    {
        using var runner = new GatedRunner();
        await using var handler = Handler(runner);

        var chain = Task.Run(() => runner.Release(RunChainAsync(handler, 20)));
        var threads = await chain.WaitAsync(Patience);

        Assert.Equal("fanout-exec", Assert.Single(threads).Name);
        Assert.Equal(1, handler.LiveThreads);
    }

    [Fact]
    public async Task SeveralItemsStartedAtOneItemsEnd_RunAtTheSameTime()
    {
        using var runner = new GatedRunner();
        await using var handler = Handler(runner);

        var pair = Task.Run(() => runner.Release(RunPairAsync(handler)));
        await pair.WaitAsync(Patience);

        Assert.Equal(2, handler.LiveThreads);
    }

    [Fact]
    public async Task DisposedOnTheThreadOfItsLastItem_EndsTheThread()
    {
        using var runner = new GatedRunner();
        var handler = Handler(runner);

        var last = Task.Run(() => runner.Release(RunLastAsync(handler)));
        await last.WaitAsync(Patience);

        Assert.Equal(0, handler.LiveThreads);
    }

    private static ExecHandler Handler(IProcessRunner runner) =>
        new(ExecOptionsReader.Read(Attempts.Json("""{"command":["true","{}"]}""")), runner);

    private static async Task<HashSet<Thread>> RunChainAsync(ExecHandler handler, int items)
    {
        var threads = new HashSet<Thread>();
        for (var i = 0; i < items; i++)
        {
            await handler.HandleAsync(Attempts.OfText("single")).ConfigureAwait(false);
            threads.Add(Thread.CurrentThread);
        }

        return threads;
    }

    private static async Task RunPairAsync(ExecHandler handler)
    {
        await handler.HandleAsync(Attempts.OfText("single")).ConfigureAwait(false);
        await Task.WhenAll(handler.HandleAsync(Attempts.OfText("pair")), handler.HandleAsync(Attempts.OfText("pair"))).ConfigureAwait(false);
    }

    private static async Task RunLastAsync(ExecHandler handler)
    {
        await handler.HandleAsync(Attempts.OfText("single")).ConfigureAwait(false);
        await handler.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Its first process ends when told to, so that whoever awaits it is known to do so; a pair ends when both run.</summary>
    private sealed class GatedRunner : IProcessRunner
    {
        private readonly Barrier _pair = new(2);
        private readonly ManualResetEventSlim _awaited = new();

        /// <summary>Passes on work that awaits its first process by now, and lets that end.</summary>
        public TTask Release<TTask>(TTask awaiting)
        {
            _awaited.Set();
            return awaiting;
        }

        public ProcessExit Run(RenderedCommand command, ProcessOutput output, CancellationToken cancellationToken)
        {
            output.Clear();
            _awaited.Wait(cancellationToken);
            if (command.TextAt(command.Arguments[1]) == "pair")
                _pair.SignalAndWait(cancellationToken);
            return new ProcessExit(0, 0);
        }

        public void Dispose()
        {
            _pair.Dispose();
            _awaited.Dispose();
        }
    }
}
