using Fanout.Announcing;
using Fanout.Orchestration;
using Fanout.Runs;
using Xunit;

namespace Fanout.Tests.Orchestration;

public class AnnouncementOrchestrationTests
{
    private static readonly AnnounceResult Busy = new("https://x answered 503");

    [Fact]
    public void SpecWithoutOnComplete_HasNoChannels() => Assert.Null(AnnouncementOrchestration.ChannelsOf(null));

    [Fact]
    public void Channels_AreThoseOfTheSpec()
    {
        var webhook = new OnCompleteSpec { Webhook = new WebhookSpec("https://x/") };
        Assert.Equal([AnnouncementChannel.Webhook], AnnouncementOrchestration.ChannelsOf(webhook)!);
        Assert.Equal([AnnouncementChannel.Queue], AnnouncementOrchestration.ChannelsOf(new OnCompleteSpec { Queue = "done" })!);
        Assert.Equal([AnnouncementChannel.Webhook, AnnouncementChannel.Queue], AnnouncementOrchestration.ChannelsOf(webhook with { Queue = "done" })!);
    }

    [Fact]
    public async Task DeliveredAtOnce_IsAnnounced()
    {
        var context = new ScriptedContext(_ => AnnounceResult.Delivered);
        await AnnouncementOrchestration.RunAsync(context, "r", [AnnouncementChannel.Webhook]);
        Assert.Equal([new AnnounceInput("r", AnnouncementChannel.Webhook, 1)], context.Attempts);
        Assert.Equal(new RunAnnouncement(AnnouncementStatus.Announced), context.Settled);
        Assert.Empty(context.Timers);
    }

    [Fact]
    public async Task EightFailures_AreGivenUpAfterTenMinutesAndAHalf()
    {
        var context = new ScriptedContext(_ => Busy);
        await AnnouncementOrchestration.RunAsync(context, "r", [AnnouncementChannel.Webhook]);
        Assert.Equal(Enumerable.Range(1, 8), context.Attempts.Select(attempt => attempt.Attempt));
        Assert.Equal(TimeSpan.FromSeconds(635), context.CurrentUtcDateTime - DateTime.UnixEpoch);
        Assert.Equal(new RunAnnouncement(AnnouncementStatus.NotAnnounced, "https://x answered 503, given up after 8 attempts"), context.Settled);
    }

    [Fact]
    public async Task TimerThatFiresEarly_IsSetAgain()
    {
        var context = new ScriptedContext(input => input.Attempt == 1 ? Busy : AnnounceResult.Delivered) { FiresEarlyBy = TimeSpan.FromSeconds(1) };
        await AnnouncementOrchestration.RunAsync(context, "r", [AnnouncementChannel.Webhook]);
        var due = DateTime.UnixEpoch.AddSeconds(5);
        Assert.Equal([due, due], context.Timers);
    }

    [Fact]
    public async Task FinalFailureOfOne_DoesNotHoldUpTheOther()
    {
        var context = new ScriptedContext(input => input.Channel == AnnouncementChannel.Queue
            ? AnnounceResult.Delivered
            : new AnnounceResult("https://x answered 410", IsFinal: true));
        await AnnouncementOrchestration.RunAsync(context, "r", [AnnouncementChannel.Webhook, AnnouncementChannel.Queue]);
        Assert.Equal([AnnouncementChannel.Webhook, AnnouncementChannel.Queue], context.Attempts.Select(attempt => attempt.Channel));
        Assert.Equal(new RunAnnouncement(AnnouncementStatus.NotAnnounced, "https://x answered 410, given up after 1 attempt"), context.Settled);
    }

    [Fact]
    public async Task AttemptThatThrows_IsAFailureLikeAnother()
    {
        var context = new ScriptedContext(input =>
            input.Attempt == 1 ? throw new TaskFailedException("announce", new FailureDetails("IOException", "broken")) : AnnounceResult.Delivered);
        await AnnouncementOrchestration.RunAsync(context, "r", [AnnouncementChannel.Queue]);
        Assert.Equal(2, context.Attempts.Count);
        Assert.Equal(AnnouncementStatus.Announced, context.Settled!.Status);
    }

    /// <summary>Activities that answer as told, and timers that fire as soon as they are set.</summary>
    private sealed class ScriptedContext(Func<AnnounceInput, AnnounceResult> attempt) : IOrchestrationContext
    {
        private TimeSpan _early;

        public TimeSpan FiresEarlyBy
        {
            init => _early = value;
        }

        public List<AnnounceInput> Attempts { get; } = [];

        public List<DateTime> Timers { get; } = [];

        public RunAnnouncement? Settled { get; private set; }

        public DateTime CurrentUtcDateTime { get; private set; } = DateTime.UnixEpoch;

        public string Name => "run";

        public string InstanceId => "r";

        public string? ParentInstanceId => null;

        public bool IsReplaying => false;

        public Task<TResult> CallActivityAsync<TResult>(string name, object? input = null)
        {
            switch (input)
            {
                case AnnounceInput announce:
                    Assert.Equal("announce", name);
                    Attempts.Add(announce);
                    return Task.FromResult((TResult)(object)attempt(announce));
                case SettleAnnouncementInput settle:
                    Assert.Equal("settleAnnouncement", name);
                    Settled = settle.Announcement;
                    return Task.FromResult((TResult)(object)true);
                default:
                    throw new NotSupportedException(name);
            }
        }

        public Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
        {
            Timers.Add(fireAt);
            CurrentUtcDateTime = fireAt - _early;
            _early = TimeSpan.Zero;
            return Task.CompletedTask;
        }

        public Task<TResult> CallSubOrchestratorAsync<TResult>(string orchestratorName, object? input = null, string? instanceId = null) => throw new NotSupportedException();

        public Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public void SendEvent(string instanceId, string eventName, object? payload) => throw new NotSupportedException();

        public void ContinueAsNew(object? newInput, bool preserveUnprocessedEvents = true) => throw new NotSupportedException();

        public void SetCustomStatus(object? customStatus) => throw new NotSupportedException();

        public Guid NewGuid() => throw new NotSupportedException();
    }
}
