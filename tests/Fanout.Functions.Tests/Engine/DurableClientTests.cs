using Fanout.Functions.Engine;
using Fanout.Orchestration;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Moq;
using Xunit;
using Instance = Microsoft.DurableTask.Client.OrchestrationMetadata;

namespace Fanout.Functions.Tests.Engine;

public sealed class DurableClientTests
{
    private readonly Mock<DurableTaskClient> _inner = new(MockBehavior.Strict, "hub");
    private readonly Dictionary<string, Instance> _instances = new(StringComparer.Ordinal);

    public DurableClientTests() => _inner
        .Setup(inner => inner.GetInstanceAsync(It.IsAny<string>(), It.IsAny<bool>(), It.IsAny<CancellationToken>()))
        .ReturnsAsync((string id, bool _, CancellationToken _) => _instances.GetValueOrDefault(id));

    private DurableClient Client => new(_inner.Object);

    [Fact]
    public async Task Schedule_CreatesWhatIsNotThere()
    {
        _inner.Setup(inner => inner.ScheduleNewOrchestrationInstanceAsync(
            new TaskName("run"), "input", It.Is<StartOrchestrationOptions>(options => options.InstanceId == "r"), default)).ReturnsAsync("r");
        Assert.True(await Client.ScheduleNewOrchestrationInstanceAsync("run", "input", "r"));
        Add("r", OrchestrationRuntimeStatus.Completed);
        Assert.False(await Client.ScheduleNewOrchestrationInstanceAsync("run", "input", "r"));
        _inner.Verify(inner => inner.ScheduleNewOrchestrationInstanceAsync(It.IsAny<TaskName>(), It.IsAny<object?>(), It.IsAny<StartOrchestrationOptions>(), default), Times.Once);
    }

    [Fact]
    public async Task EventForWhatIsGone_IsDropped()
    {
        _inner.Setup(inner => inner.RaiseEventAsync("r", "control", "news", default)).Returns(Task.CompletedTask);
        await Client.RaiseEventAsync("r", "control", "news");
        Add("r", OrchestrationRuntimeStatus.Completed);
        await Client.RaiseEventAsync("r", "control", "news");
        _inner.Verify(inner => inner.RaiseEventAsync("r", "control", "news", default), Times.Never);
        Add("r", OrchestrationRuntimeStatus.Running);
        await Client.RaiseEventAsync("r", "control", "news");
        _inner.Verify(inner => inner.RaiseEventAsync("r", "control", "news", default), Times.Once);
    }

    [Theory]
    [InlineData(OrchestrationRuntimeStatus.Pending, OrchestrationStatus.Pending)]
    [InlineData(OrchestrationRuntimeStatus.Running, OrchestrationStatus.Running)]
    [InlineData(OrchestrationRuntimeStatus.Suspended, OrchestrationStatus.Running)]
    [InlineData(OrchestrationRuntimeStatus.Completed, OrchestrationStatus.Completed)]
    [InlineData(OrchestrationRuntimeStatus.Failed, OrchestrationStatus.Failed)]
    [InlineData(OrchestrationRuntimeStatus.Terminated, OrchestrationStatus.Terminated)]
    public async Task Instance_IsTranslated(OrchestrationRuntimeStatus status, OrchestrationStatus expected)
    {
        Add("r", status, output: "\"out\"");
        var found = (await Client.GetInstanceAsync("r"))!;
        Assert.Equal(("r", "run", expected), (found.InstanceId, found.Name, found.Status));
        Assert.Equal(expected == OrchestrationStatus.Completed ? "\"out\"" : null, found.SerializedOutput);
        // The details of a failure may be missing: then the output tells it.
        Assert.Equal(expected is OrchestrationStatus.Failed or OrchestrationStatus.Terminated ? new FailureDetails(status.ToString(), "\"out\"") : null, found.Failure);
        Assert.Null(await Client.GetInstanceAsync("other"));
    }

    [Fact]
    public async Task WaitForWhatIsNotThere_SaysSo()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Client.WaitForInstanceCompletionAsync("r"));
        Add("r", OrchestrationRuntimeStatus.Running);
        _inner.Setup(inner => inner.WaitForInstanceCompletionAsync("r", true, default)).ReturnsAsync(new Instance("run", "r") { RuntimeStatus = OrchestrationRuntimeStatus.Completed });
        Assert.Equal(OrchestrationStatus.Completed, (await Client.WaitForInstanceCompletionAsync("r")).Status);
    }

    [Fact]
    public async Task PurgeAndTerminate_ReachWhatIsBelow()
    {
        Add("r", OrchestrationRuntimeStatus.Completed);
        Add("r:b000", OrchestrationRuntimeStatus.Running);
        _inner.Setup(inner => inner.GetAllInstancesAsync(It.Is<OrchestrationQuery>(query => query.InstanceIdPrefix == "r:")))
            .Returns(() => Pageable.Create((_, _) => Task.FromResult(new Page<Instance>([_instances["r:b000"]]))));
        _inner.Setup(inner => inner.TerminateInstanceAsync("r:b000", (object?)"enough", default)).Returns(Task.CompletedTask);
        await Client.TerminateInstanceAsync("r", "enough");
        _inner.Verify(inner => inner.TerminateInstanceAsync("r:b000", It.IsAny<object?>(), default), Times.Once);

        Assert.False(await Client.PurgeInstanceAsync("r"));
        Add("r:b000", OrchestrationRuntimeStatus.Terminated);
        _inner.Setup(inner => inner.PurgeInstanceAsync(It.IsAny<string>(), default(CancellationToken))).ReturnsAsync(new PurgeResult(1));
        Assert.True(await Client.PurgeInstanceAsync("r"));
        _inner.Verify(inner => inner.PurgeInstanceAsync("r", default(CancellationToken)), Times.Once);
        _inner.Verify(inner => inner.PurgeInstanceAsync("r:b000", default(CancellationToken)), Times.Once);
    }

    private void Add(string id, OrchestrationRuntimeStatus status, string? output = null) =>
        _instances[id] = new Instance("run", id) { RuntimeStatus = status, SerializedOutput = output };
}
