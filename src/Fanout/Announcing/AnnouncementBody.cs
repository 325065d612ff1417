using System.Text.Json;
using System.Text.Json.Nodes;
using Fanout.Serialization;

namespace Fanout.Announcing;

/// <summary>A report as receivers get it. It is made from the recorded report each time, and comes out the same each time.</summary>
internal static class AnnouncementBody
{
    /// <summary>The longest body of a queue's message, in bytes: 16 KiB.</summary>
    public const int LongestForQueue = 16 << 10;

    private const int LongestMessage = 2_000;

    /// <summary>The report as JSON in UTF-8.</summary>
    public static byte[] Of(RunReport report) => JsonSerializer.SerializeToUtf8Bytes(report, FanoutJson.Options);

    /// <summary>
    /// The report, abridged where it would be too long for a message: without errors and reduced value, and with <c>"abridged": true</c>. The
    /// manifest beside the results has the whole.
    /// </summary>
    public static byte[] ForQueue(RunReport report)
    {
        var whole = Of(report);
        if (whole.Length <= LongestForQueue)
            return whole;
        var message = report.Message is { Length: > LongestMessage } text ? text[..LongestMessage] : report.Message;
        var abridged = JsonSerializer.SerializeToNode(
            report with { Message = message, Tally = report.Tally with { Errors = [] }, Reduced = null }, FanoutJson.Options)!.AsObject();
        abridged["abridged"] = JsonValue.Create(true);
        return JsonSerializer.SerializeToUtf8Bytes(abridged, FanoutJson.Options);
    }
}
