using Fanout.Runs;
using Moq;
using Xunit;

namespace Fanout.Tests.Runs;

public sealed class RunRetentionTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task OnlyWhatEndedLongAgoAndIsAnnounced_IsPurged()
    {
        var client = new Mock<IRunClient>();
        client.Setup(it => it.ListAsync(It.IsAny<RunQuery>(), It.IsAny<CancellationToken>())).ReturnsAsync((RunQuery query, CancellationToken _) => query.After is null
            ? [Ended("old", days: 8), Ended("young", days: 6), Ended("untold", days: 9) with { Announcement = RunAnnouncement.Pending }, Ended("oldest", days: 90)]
            : []);
        var purged = await client.Object.PurgeEndedAsync(TimeSpan.FromDays(7), Now, CancellationToken.None);
        Assert.Equal(["old", "oldest"], purged);
        client.Verify(it => it.PurgeAsync(It.IsAny<string>(), It.IsAny<CancellationToken>()), Times.Exactly(2));
    }

    private static RunRecord Ended(string id, int days) => new()
    {
        Id = id,
        SpecJson = "{}",
        CreatedAt = Now.AddDays(-days),
        EndedAt = Now.AddDays(-days),
        Report = new RunReport { RunId = id, Status = RunStatus.Succeeded, Reason = CompletionReason.AllItemsSucceeded, Tally = Tally.Zero },
    };
}
