using System.Buffers;
using System.Text;
using System.Text.Json;
using Fanout.Results;

namespace Fanout.Tests.Results;

/// <summary>Result lines for tests.</summary>
internal static class TestLines
{
    public static ResultLine Succeeded(long index, string? output = "1") =>
        new(index, null, OutcomeStatus.Succeeded, output is null ? null : JsonDocument.Parse(output).RootElement, null, 1, 0.5);

    public static ResultLine Unsuccessful(long index, OutcomeStatus status, string type = "Oops", string message = "It broke.") =>
        new(index, null, status, null, new ItemError(type, message), 2, 12);

    public static byte[] ToBytes(IEnumerable<ResultLine> lines)
    {
        var buffer = new ArrayBufferWriter<byte>();
        foreach (var line in lines)
            ResultLineWriter.Write(
                buffer, new ItemHead(line.Index, line.Key), line.Status, Encoding.UTF8.GetBytes(line.Output?.GetRawText() ?? ""),
                line.Error, line.Attempts, TimeSpan.FromMicroseconds(Math.Round(line.DurationMs * 1_000)));
        return buffer.WrittenSpan.ToArray();
    }
}
