using Fanout.Dispatch;
using Fanout.Orchestration;
using Fanout.Processing;
using Microsoft.Extensions.Logging.Abstractions;
using Moq;
using Xunit;

namespace Fanout.Tests.Dispatch;

public sealed class CompletionPumpTests
{
    [Fact]
    public async Task Results_AreRaisedAsEventsOfTheirBatches_WhateverFailsInBetween()
    {
        var result = new BatchResult { End = BatchEnd.RangeDone, Next = 5, Tally = Tally.Zero };
        var raised = new TaskCompletionSource<(string, string, object?)>(TaskCreationOptions.RunContinuationsAsynchronously);
        var engine = new Mock<IOrchestrationClient>();
        engine.Setup(client => client.RaiseEventAsync(It.IsAny<string>(), It.IsAny<string>(), It.IsAny<object?>(), It.IsAny<CancellationToken>()))
            .Returns((string id, string name, object? payload, CancellationToken _) =>
            {
                raised.TrySetResult((id, name, payload));
                return Task.CompletedTask;
            });
        var asked = 0;
        var completions = new Mock<IBatchCompletions>();
        completions.Setup(queue => queue.DeliverAsync(It.IsAny<Func<BatchCompletion, CancellationToken, Task>>(), It.IsAny<CancellationToken>()))
            .Returns(async (Func<BatchCompletion, CancellationToken, Task> deliver, CancellationToken token) =>
            {
                switch (++asked)
                {
                    case 1:
                        throw new StorageException("gone");
                    case 2:
                        throw new InvalidOperationException("a result that cannot be read");
                    case 3:
                        return 0;
                    case 4:
                        await deliver(new BatchCompletion("run:b0001", "b0001-l00-00000", result), token);
                        return 1;
                    default:
                        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
                        return 0;
                }
            });
        using var stop = new CancellationTokenSource();
        var pump = new CompletionPump(completions.Object, engine.Object, TimeProvider.System, () => 0, NullLogger.Instance).RunAsync(stop.Token);
        Assert.Equal(("run:b0001", "batch:b0001-l00-00000", result), await raised.Task);
        await stop.CancelAsync();
        await pump;
    }
}
