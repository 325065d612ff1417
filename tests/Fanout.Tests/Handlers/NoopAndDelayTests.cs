using System.Buffers;
using Fanout.Handlers;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Handlers;

public sealed class NoopAndDelayTests
{
    [Fact]
    public void Noop_CompletesAtOnce_AndAllocatesNothing()
    {
        var handler = new NoopHandler();
        var context = Attempts.OfJson("1");
        var output = new ArrayBufferWriter<byte>();
        Assert.Same(Task.CompletedTask, handler.HandleAsync(context, output, default).AsTask());

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++)
            _ = handler.HandleAsync(context, output, default).AsTask();

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(0, output.WrittenCount);
    }

    [Fact]
    public async Task Delay_WaitsAsLongAsItWasTold()
    {
        var time = new FakeTimeProvider();
        var handler = DelayHandler.Create(Attempts.Json("""{"for":"1.5s"}"""), time);

        var waiting = handler.HandleAsync(Attempts.OfJson("1"));
        time.Advance(TimeSpan.FromMilliseconds(1_499));
        Assert.False(waiting.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal("", await waiting);
    }

    [Fact]
    public async Task Delay_EndsWhenCancelled()
    {
        using var cancel = new CancellationTokenSource();
        var handler = DelayHandler.Create(Attempts.Json("""{"for":"1h"}"""), new FakeTimeProvider());

        var waiting = handler.HandleAsync(Attempts.OfJson("1"), cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Fail_FailsThatPartOfTheItems_TheSameEveryTime()
    {
        var handler = DelayHandler.Create(Attempts.Json("""{"for":"0ms","fail":0.25}"""), TimeProvider.System);

        var first = await FailingAsync(handler);
        var second = await FailingAsync(handler);

        Assert.Equal(first, second);
        Assert.InRange(first.Count, 2_300, 2_700);
    }

    [Theory]
    [InlineData("""{}""", "/for")]
    [InlineData("""{"for":5}""", "/for")]
    [InlineData("""{"for":"5 parsecs"}""", "/for")]
    [InlineData("""{"for":"25h"}""", "/for")]
    [InlineData("""{"for":"5ms","fail":1.5}""", "/fail")]
    [InlineData("""{"for":"5ms","fial":0.5}""", "/fial")]
    public void IllegalOptions_AreRefusedByPointer(string options, string pointer) =>
        Assert.Equal(pointer, Assert.Single(DelayHandler.Validate(Attempts.Json(options))).Pointer);

    private static async Task<List<long>> FailingAsync(DelayHandler handler)
    {
        var failing = new List<long>();
        for (long i = 0; i < 10_000; i++)
        {
            var pending = handler.HandleAsync(Attempts.OfJson("1", i), new ArrayBufferWriter<byte>(), default);
            if (pending.IsFaulted)
                failing.Add(i);
            else
                await pending;
        }
        return failing;
    }
}
