using Fanout.Functions.Engine;
using Fanout.Orchestration;
using Microsoft.DurableTask;
using Moq;
using Xunit;
using DurableTaskFailed = Microsoft.DurableTask.TaskFailedException;
using TaskFailedException = Fanout.Orchestration.TaskFailedException;

namespace Fanout.Functions.Tests.Engine;

public sealed class DurableContextTests
{
    private static readonly TaskOptions Options = TaskOptions.FromRetryPolicy(new RetryPolicy(2, TimeSpan.FromSeconds(1)));

    private readonly Mock<TaskOrchestrationContext> _inner = new(MockBehavior.Strict);

    private DurableContext Context => new(_inner.Object, Options);

    [Fact]
    public void WhoItIs_IsWhoItRuns()
    {
        _inner.Setup(inner => inner.Name).Returns(new TaskName("branch"));
        _inner.Setup(inner => inner.InstanceId).Returns("r:b000");
        _inner.Setup(inner => inner.Parent).Returns(new ParentOrchestrationInstance(new TaskName("run"), "r"));
        Assert.Equal(("branch", "r:b000", "r"), (Context.Name, Context.InstanceId, Context.ParentInstanceId));
        _inner.Setup(inner => inner.Parent).Returns((ParentOrchestrationInstance?)null);
        Assert.Null(Context.ParentInstanceId);
    }

    [Fact]
    public void TimeAndChance_AreTheContexts()
    {
        var (now, id) = (new DateTime(2026, 11, 26, 1, 2, 3, DateTimeKind.Utc), Guid.Parse("0123456789abcdef0123456789abcdef"));
        _inner.Setup(inner => inner.CurrentUtcDateTime).Returns(now);
        _inner.Setup(inner => inner.IsReplaying).Returns(true);
        _inner.Setup(inner => inner.NewGuid()).Returns(id);
        Assert.Equal((now, true, id), (Context.CurrentUtcDateTime, Context.IsReplaying, Context.NewGuid()));
    }

    [Fact]
    public async Task Activity_IsCalledWithTheOptions()
    {
        _inner.Setup(inner => inner.CallActivityAsync<int>(new TaskName("plan"), "r", Options)).ReturnsAsync(7);
        Assert.Equal(7, await Context.CallActivityAsync<int>("plan", "r"));
    }

    [Fact]
    public async Task SubOrchestrator_IsCalledUnderItsId()
    {
        _inner.Setup(inner => inner.CallSubOrchestratorAsync<int>(
            new TaskName("branch"), "input", It.Is<TaskOptions>(options => ((SubOrchestrationOptions)options).InstanceId == "r:b000"))).ReturnsAsync(7);
        _inner.Setup(inner => inner.CallSubOrchestratorAsync<int>(new TaskName("branch"), "input", null)).ReturnsAsync(8);
        Assert.Equal(7, await Context.CallSubOrchestratorAsync<int>("branch", "input", "r:b000"));
        Assert.Equal(8, await Context.CallSubOrchestratorAsync<int>("branch", "input"));
    }

    [Fact]
    public async Task FailureOfWhatWasCalled_IsDataOfTheSeam()
    {
        var failed = new DurableTaskFailed("plan", 3, new TaskFailureDetails("System.IO.IOException", "no disk", null, null, null));
        _inner.Setup(inner => inner.CallActivityAsync<int>(new TaskName("plan"), null, Options)).ThrowsAsync(failed);
        _inner.Setup(inner => inner.CallSubOrchestratorAsync<int>(new TaskName("branch"), null, null)).ThrowsAsync(failed);
        var expected = new FailureDetails("System.IO.IOException", "no disk");
        var ofActivity = await Assert.ThrowsAsync<TaskFailedException>(() => Context.CallActivityAsync<int>("plan"));
        Assert.Equal(("plan", expected), (ofActivity.TaskName, ofActivity.Failure));
        var ofBranch = await Assert.ThrowsAsync<TaskFailedException>(() => Context.CallSubOrchestratorAsync<int>("branch"));
        Assert.Equal(("branch", expected), (ofBranch.TaskName, ofBranch.Failure));
    }

    [Fact]
    public async Task TimersAndEvents_ArePassedOn()
    {
        using var stop = new CancellationTokenSource();
        var fireAt = new DateTime(2026, 11, 26, 1, 2, 3, DateTimeKind.Utc);
        _inner.Setup(inner => inner.CreateTimer(fireAt, stop.Token)).Returns(Task.CompletedTask);
        _inner.Setup(inner => inner.WaitForExternalEvent<string>("control", stop.Token)).ReturnsAsync("news");
        _inner.Setup(inner => inner.SendEvent("r:b000", "control", "news"));
        await Context.CreateTimer(fireAt, stop.Token);
        Assert.Equal("news", await Context.WaitForExternalEvent<string>("control", stop.Token));
        Context.SendEvent("r:b000", "control", "news");
        _inner.VerifyAll();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WhatEndsOrTells_IsPassedOn(bool keepsEvents)
    {
        _inner.Setup(inner => inner.ContinueAsNew("next", keepsEvents));
        _inner.Setup(inner => inner.SetCustomStatus("status"));
        Context.ContinueAsNew("next", keepsEvents);
        Context.SetCustomStatus("status");
        _inner.VerifyAll();
    }
}
