using Fanout.Embedded.Execution;
using Fanout.Embedded.History;
using Fanout.Embedded.Stores;
using Fanout.Orchestration;
using Xunit;

namespace Fanout.Embedded.Tests.Stores;

/// <summary>What every store promises the engine.</summary>
public abstract class EngineStoreContract
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private protected abstract IEngineStore Store { get; }

    [Fact]
    public async Task Create_MakesAnInstanceWithALease()
    {
        var lease = await CreateAsync("a");

        Assert.Equal(new Lease("a", "me", 1), lease);
        var metadata = await Store.GetAsync("a");
        Assert.Equal(
            new OrchestrationMetadata("a", "test", OrchestrationStatus.Pending, Now, Now, null, null, null, 1), metadata);
        Assert.Equal([new ExecutionStarted("1")], await Store.GetHistoryAsync("a"));
    }

    [Fact]
    public async Task CreateOfAnExistingId_DoesNothing()
    {
        await CreateAsync("a");

        Assert.Null(await Store.CreateAsync(Root("a"), Claim("other")));

        Assert.Equal(AttachStatus.HeldElsewhere, (await Store.ClaimAsync("a", Claim("other"))).Status);
    }

    [Fact]
    public async Task Claim_IsRefusedWhileTheLeaseIsHeldAndSaysByWhom()
    {
        await CreateAsync("a");

        var claimed = await Store.ClaimAsync("a", Claim("other"));

        Assert.Equal((AttachStatus.HeldElsewhere, "me"), (claimed.Status, claimed.Owner));
    }

    [Fact]
    public async Task Claim_IsGrantedWithTheNextEpochWhenTheLeaseExpired()
    {
        await CreateAsync("a");

        var claimed = await Store.ClaimAsync("a", Claim("other", Now.AddSeconds(10)));

        Assert.Equal(new Lease("a", "other", 2), claimed.Lease);
    }

    [Fact]
    public async Task Claim_IsGrantedWhenTheOwnerIsDead()
    {
        await CreateAsync("a");

        var claimed = await Store.ClaimAsync("a", Claim("other") with { IsDead = owner => owner == "me" });

        Assert.Equal(AttachStatus.Attached, claimed.Status);
    }

    [Fact]
    public async Task Claim_IsGrantedAfterRelease()
    {
        var lease = await CreateAsync("a");
        await Store.ReleaseAsync([lease]);

        Assert.Equal(new Lease("a", "other", 2), (await Store.ClaimAsync("a", Claim("other"))).Lease);
    }

    [Fact]
    public async Task ReleaseOfALostLease_LeavesTheNewOneAlone()
    {
        var old = await CreateAsync("a");
        await Store.ClaimAsync("a", Claim("other", Now.AddSeconds(10)));

        await Store.ReleaseAsync([old]);

        Assert.Equal("other", (await Store.ClaimAsync("a", Claim("third", Now.AddSeconds(10)))).Owner);
    }

    [Fact]
    public async Task Claim_OfAnUnknownOrEndedTreeSaysSo()
    {
        Assert.Equal(AttachStatus.NotFound, (await Store.ClaimAsync("a", Claim("me"))).Status);
        var lease = await CreateAsync("a");

        await Store.CommitAsync(Turn(lease, "a", 1) with { Status = OrchestrationStatus.Completed });

        Assert.Equal(AttachStatus.Ended, (await Store.ClaimAsync("a", Claim("me"))).Status);
    }

    [Fact]
    public async Task Renew_ExtendsLeasesAndTellsWhichAreLost()
    {
        var kept = await CreateAsync("kept");
        var lost = await CreateAsync("lost");
        var released = await CreateAsync("released");
        await Store.ClaimAsync("lost", Claim("other", Now.AddSeconds(10)));
        await Store.ReleaseAsync([released]);

        var answer = await Store.RenewAsync([kept, lost, released], Now.AddSeconds(60));

        Assert.Equal(["lost"], answer);
        Assert.Equal(AttachStatus.HeldElsewhere, (await Store.ClaimAsync("kept", Claim("other", Now.AddSeconds(50)))).Status);
    }

    [Fact]
    public async Task Commit_ChangesHistoryAndMetadata()
    {
        var lease = await CreateAsync("a");
        var turn = Turn(lease, "a", 1) with
        {
            Append = [new TurnStarted(Now.UtcDateTime), new TaskScheduled(1, "work", "{\"x\":[1,\"é\"]}")],
            CustomStatus = "\"busy\"",
            UpdatedAt = Now.AddSeconds(1),
        };

        Assert.NotNull(await Store.CommitAsync(turn));

        Assert.Equal([new ExecutionStarted("1"), .. turn.Append], await Store.GetHistoryAsync("a"));
        var metadata = await Store.GetAsync("a");
        Assert.Equal((OrchestrationStatus.Running, "\"busy\"", 3), (metadata!.Status, metadata.SerializedCustomStatus, metadata.HistoryLength));
        Assert.Equal(Now.AddSeconds(1), metadata.LastUpdatedAt);
    }

    [Fact]
    public async Task CommitUnderALostLease_WritesNothing()
    {
        var lease = await CreateAsync("a");
        await Store.ClaimAsync("a", Claim("other", Now.AddSeconds(10)));

        var committed = await Store.CommitAsync(Turn(lease, "a", 1) with { Status = OrchestrationStatus.Completed, Children = [Child("a", "c", 1)] });

        Assert.Null(committed);
        Assert.Equal(OrchestrationStatus.Pending, (await Store.GetAsync("a"))!.Status);
        Assert.Null(await Store.GetAsync("c"));
    }

    [Fact]
    public async Task CommitUnderAnOlderEpochOfTheSameOwner_WritesNothing()
    {
        var lease = await CreateAsync("a");
        await Store.ReleaseAsync([lease]);
        await Store.ClaimAsync("a", Claim("me"));

        Assert.Null(await Store.CommitAsync(Turn(lease, "a", 1)));
    }

    [Fact]
    public async Task ContinueAsNew_ReplacesTheHistory()
    {
        var lease = await CreateAsync("a");
        await Store.CommitAsync(Turn(lease, "a", 1) with { Append = [new TurnStarted(Now.UtcDateTime)] });

        await Store.CommitAsync(Turn(lease, "a", 0) with { Execution = 1, Append = [new ExecutionStarted("2"), new EventRaised("e", null)] });

        Assert.Equal([new ExecutionStarted("2"), new EventRaised("e", null)], await Store.GetHistoryAsync("a"));
        await Store.ReleaseAsync([lease]);
        Assert.Equal(1, Assert.Single((await Store.ClaimAsync("a", Claim("me"))).Instances).Execution);
    }

    [Fact]
    public async Task Claim_ReturnsWhatIsNeededToGoOn()
    {
        var lease = await CreateAsync("a");
        await Store.CommitAsync(Turn(lease, "a", 1) with { Children = [Child("a", "c", 1), Child("a", "d", 2)] });
        await Store.CommitAsync(Turn(lease, "c", 1) with { Status = OrchestrationStatus.Completed });
        await Store.SendAsync("d", new EventRaised("e", "7"), "x");
        await Store.SendAsync("c", new EventRaised("too late", null), "x");
        await Store.ReleaseAsync([lease]);

        var claimed = await Store.ClaimAsync("a", Claim("me"));

        Assert.Equal(["a", "d"], claimed.Instances.Select(instance => instance.Identity.Id).Order());
        var d = claimed.Instances.Single(instance => instance.Identity.Id == "d");
        Assert.Equal(new InstanceIdentity("d", "a", "child", new ParentLink("a", 0, 2)), d.Identity);
        Assert.Equal([new ExecutionStarted("5")], d.History);
        var message = Assert.Single(claimed.Messages);
        Assert.Equal(("a", "d", new EventRaised("e", "7")), (message.RootId, message.InstanceId, message.Event));
        Assert.True(claimed.LastMessage >= message.Id);
    }

    [Fact]
    public async Task Messages_GetGrowingIdsAndTellTheirTree()
    {
        var lease = await CreateAsync("a");
        await CreateAsync("b");

        var committed = await Store.CommitAsync(Turn(lease, "a", 1) with
        {
            Children = [Child("a", "c", 1)],
            Messages =
            [
                new OutgoingMessage("c", null, new EventRaised("first", null)),
                new OutgoingMessage("nobody", null, new EventRaised("lost", null)),
                new OutgoingMessage("b", 3, new EventRaised("second", "1")),
            ],
        });

        Assert.Equal([("a", "c", (int?)null), ("b", "b", 3)], committed!.Messages.Select(m => (m.RootId, m.InstanceId, m.Execution)));
        Assert.True(committed.Messages[0].Id < committed.Messages[1].Id);
    }

    [Fact]
    public async Task ConsumedMessages_AreGoneAndOthersStay()
    {
        var lease = await CreateAsync("a");
        var first = await Store.SendAsync("a", new EventRaised("e", "1"), "x");
        var second = await Store.SendAsync("a", new EventRaised("e", "2"), "x");

        await Store.CommitAsync(Turn(lease, "a", 1) with { Consumed = [first!.Id] });

        await Store.ReleaseAsync([lease]);
        Assert.Equal([second!], (await Store.ClaimAsync("a", Claim("me"))).Messages);
    }

    [Fact]
    public async Task Poll_ReturnsWhatOthersSentAfterAMessage()
    {
        await CreateAsync("a");
        var first = await Store.SendAsync("a", new EventRaised("e", "1"), "x");
        await Store.SendAsync("a", new EventRaised("e", "2"), "me");
        var third = await Store.SendAsync("a", new EventRaised("e", "3"), "x");

        Assert.Equal([first!, third!], await Store.PollAsync(0, "me"));
        Assert.Equal([third!], await Store.PollAsync(first!.Id, "me"));
        Assert.Empty(await Store.PollAsync(third!.Id, "me"));
    }

    [Fact]
    public async Task Send_ToNobodyOrToAnEndedInstanceIsDropped()
    {
        var lease = await CreateAsync("a");
        await Store.CommitAsync(Turn(lease, "a", 1) with { Status = OrchestrationStatus.Failed, Failure = new FailureDetails("T", "m") });

        Assert.Null(await Store.SendAsync("a", new EventRaised("e", null), "x"));
        Assert.Null(await Store.SendAsync("nobody", new EventRaised("e", null), "x"));
        Assert.Equal(new FailureDetails("T", "m"), (await Store.GetAsync("a"))!.Failure);
    }

    [Fact]
    public async Task ChildWithATakenId_IsRefusedAndItsParentTold()
    {
        var lease = await CreateAsync("a");
        await CreateAsync("taken");

        var committed = await Store.CommitAsync(Turn(lease, "a", 1) with { Children = [Child("a", "taken", 4), Child("a", "free", 5)] });

        Assert.Equal([4], committed!.RefusedChildren);
        var told = Assert.IsType<SubOrchestrationFailed>(Assert.Single(committed.Messages).Event);
        Assert.Equal(4, told.TaskId);
        Assert.Contains("'taken'", told.Failure.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ChildThatEnded_IsReplacedWithAllBelowItWhenItsParentCallsItAgain()
    {
        var lease = await CreateAsync("a");
        await Store.CommitAsync(Turn(lease, "a", 1) with { Children = [Child("a", "c", 1)] });
        await Store.CommitAsync(Turn(lease, "c", 1) with { Children = [Child("c", "d", 1)] });
        await Store.CommitAsync(Turn(lease, "d", 1) with { Status = OrchestrationStatus.Completed });
        await Store.CommitAsync(Turn(lease, "c", 1) with { Status = OrchestrationStatus.Completed, Output = "1" });

        var committed = await Store.CommitAsync(Turn(lease, "a", 1) with { Children = [Child("a", "c", 9)] });

        Assert.Empty(committed!.RefusedChildren);
        Assert.Equal(OrchestrationStatus.Pending, (await Store.GetAsync("c"))!.Status);
        Assert.Null(await Store.GetAsync("d"));
    }

    [Fact]
    public async Task TerminateChildren_ReachesThoseThatHaveNotEnded()
    {
        var lease = await CreateAsync("a");
        await Store.CommitAsync(Turn(lease, "a", 1) with { Children = [Child("a", "c", 1), Child("a", "d", 2)] });
        await Store.CommitAsync(Turn(lease, "c", 1) with { Status = OrchestrationStatus.Completed });

        var committed = await Store.CommitAsync(Turn(lease, "a", 1) with
        {
            Status = OrchestrationStatus.Terminated,
            TerminateChildren = new ExecutionTerminated("why"),
        });

        Assert.Equal(("d", new ExecutionTerminated("why")), (Assert.Single(committed!.Messages).InstanceId, committed.Messages[0].Event));
        Assert.False(committed.TreeEnded);
    }

    [Fact]
    public async Task TreeEnds_WithItsLastInstanceAndFreesTheLease()
    {
        var lease = await CreateAsync("a");
        await Store.CommitAsync(Turn(lease, "a", 1) with { Children = [Child("a", "c", 1)] });

        var root = await Store.CommitAsync(Turn(lease, "a", 1) with { Status = OrchestrationStatus.Completed });
        var child = await Store.CommitAsync(Turn(lease, "c", 1) with { Status = OrchestrationStatus.Completed });

        Assert.Equal((false, true), (root!.TreeEnded, child!.TreeEnded));
        Assert.Null(await Store.CommitAsync(Turn(lease, "a", 1)));
        Assert.Empty(await Store.RenewAsync([lease], Now));
    }

    [Fact]
    public async Task Purge_DeletesAnEndedTreeOnly()
    {
        var lease = await CreateAsync("a");
        await Store.CommitAsync(Turn(lease, "a", 1) with { Children = [Child("a", "c", 1)] });
        await Store.CommitAsync(Turn(lease, "a", 1) with { Status = OrchestrationStatus.Completed });
        Assert.False(await Store.PurgeAsync("a"));
        await Store.CommitAsync(Turn(lease, "c", 1) with { Status = OrchestrationStatus.Completed });

        Assert.True(await Store.PurgeAsync("a"));

        Assert.Null(await Store.GetAsync("a"));
        Assert.Null(await Store.GetAsync("c"));
        Assert.Empty(await Store.GetHistoryAsync("a"));
        Assert.False(await Store.PurgeAsync("a"));
        Assert.NotNull(await Store.CreateAsync(Root("a"), Claim("me")));
    }

    [Fact]
    public async Task EveryHistoryEvent_ComesBackAsItWas()
    {
        HistoryEvent[] all =
        [
            new TurnStarted(Now.UtcDateTime), new ExecutionStarted(null), new TaskCompleted(1, "[1]"), new TaskFailed(2, new FailureDetails("T", "m")),
            new SubOrchestrationCompleted(3, "\"x\""), new SubOrchestrationFailed(4, new FailureDetails("T", "m")), new TimerFired(5),
            new EventRaised("e", "{\"a\":null}"), new ExecutionTerminated("r"), new TaskScheduled(6, "n", "true"),
            new SubOrchestrationCreated(7, "n", "i", "1.50"), new TimerCreated(8, Now.UtcDateTime), new TimerCancelled(8),
            new EventSent("i", "e", null), new ExecutionCompleted("1"), new ExecutionFailed(new FailureDetails("T", "m")),
        ];
        var lease = await CreateAsync("a");

        await Store.CommitAsync(Turn(lease, "a", 1) with { Append = all });

        Assert.Equal(all, (await Store.GetHistoryAsync("a")).Skip(1));
    }

    private async Task<Lease> CreateAsync(string id) => Assert.IsType<Lease>(await Store.CreateAsync(Root(id), Claim("me")));

    private static NewInstance Root(string id) => new(new InstanceIdentity(id, id, "test", null), new ExecutionStarted("1"), Now);

    private static NewInstance Child(string parent, string id, int task) =>
        new(new InstanceIdentity(id, "a", "child", new ParentLink(parent, 0, task)), new ExecutionStarted("5"), Now);

    private static LeaseClaim Claim(string owner, DateTimeOffset? now = null) =>
        new(owner, now ?? Now, (now ?? Now).AddSeconds(5), _ => false);

    private static TurnCommit Turn(Lease lease, string id, int kept) => new()
    {
        Lease = lease,
        Identity = new InstanceIdentity(id, lease.RootId, "test", null),
        Execution = 0,
        KeptHistory = kept,
        Append = [],
        Consumed = [],
        Status = OrchestrationStatus.Running,
        UpdatedAt = Now,
    };
}
