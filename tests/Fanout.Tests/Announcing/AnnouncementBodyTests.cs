using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fanout.Announcing;
using Fanout.Serialization;
using Xunit;

namespace Fanout.Tests.Announcing;

public class AnnouncementBodyTests
{
    private static readonly RunReport Report = new()
    {
        RunId = "nightly",
        Status = RunStatus.CompletedWithFailures,
        Reason = CompletionReason.AllItemsSettled,
        Total = 3,
        Tally = new Tally { Succeeded = 2, Failed = 1, Attempts = 4, Errors = [new ErrorGroup("Http503", "é #", 1, 2, "é 1")] },
        Reduced = JsonElement.Parse("""{ "sum": 1.50, "text": "\u00e9" }"""),
        StartedAt = new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero),
        EndedAt = new DateTimeOffset(2026, 11, 23, 12, 0, 5, TimeSpan.Zero),
        Results = "/home/results/nightly",
    };

    [Fact]
    public void Body_OfARecordedReport_IsThatOfTheReport()
    {
        var once = AnnouncementBody.Of(Report);
        var recorded = JsonSerializer.Deserialize<RunReport>(JsonSerializer.Serialize(Report, FanoutJson.Options), FanoutJson.Options)!;
        Assert.Equal(Encoding.UTF8.GetString(once), Encoding.UTF8.GetString(AnnouncementBody.Of(recorded)));
        var json = JsonNode.Parse(once)!;
        Assert.Equal(
            ("nightly", "CompletedWithFailures", "AllItemsSettled", 2, "/home/results/nightly"),
            ((string)json["runId"]!, (string)json["status"]!, (string)json["reason"]!, (int)json["tally"]!["succeeded"]!, (string)json["results"]!));
    }

    [Fact]
    public void ShortReport_IsWholeInAQueue() => Assert.Equal(AnnouncementBody.Of(Report), AnnouncementBody.ForQueue(Report));

    [Fact]
    public void LongReport_IsAbridgedInAQueue()
    {
        var errors = Enumerable.Range(0, 32).Select(i => new ErrorGroup($"E{i}", new string('p', 1_000), 1, i, new string('m', 2_000))).ToArray();
        var report = Report with
        {
            Message = new string('é', 20_000),
            Tally = Report.Tally with { Errors = errors },
            Reduced = JsonSerializer.SerializeToElement(new string('r', 60_000)),
        };
        var body = AnnouncementBody.ForQueue(report);
        Assert.InRange(body.Length, 1, AnnouncementBody.LongestForQueue);
        var json = JsonNode.Parse(body)!;
        Assert.True((bool)json["abridged"]!);
        Assert.Equal(("nightly", 1), ((string)json["runId"]!, (int)json["tally"]!["failed"]!));
        Assert.Null(json["reduced"]);
    }
}
