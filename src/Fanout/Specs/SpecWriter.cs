using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Fanout.Specs;

/// <summary>
/// Writes a spec as canonical JSON: compact, fields in a fixed order, defaults written out (so that a stored spec means the same under
/// later defaults, and on machines with other processors), absent values left out, the fields of options in ordinal order.
/// Specs with equal values have equal text.
/// </summary>
public static class SpecWriter
{
    /// <summary>The spec as canonical JSON; reading it gives an equal spec.</summary>
    public static string Write(RunSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, CanonicalJson.WriterOptions))
            WriteSpec(writer, spec);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteSpec(Utf8JsonWriter writer, RunSpec spec)
    {
        writer.WriteStartObject();
        WriteText(writer, "id", spec.Id);
        WriteHandler(writer, spec.Handler);
        SourceSpecWriter.Write(writer, spec.Source);
        FlowSpecWriter.Write(writer, spec.Flow);
        WriteFailure(writer, spec.Failure);
        WriteBatch(writer, spec.Batch);
        WriteResults(writer, spec.Results);
        WriteOnComplete(writer, spec.OnComplete);
        writer.WriteEndObject();
    }

    private static void WriteHandler(Utf8JsonWriter writer, HandlerSpec handler)
    {
        writer.WriteStartObject("handler");
        writer.WriteString("name", handler.Name);
        WriteOptions(writer, handler.Options);
        writer.WriteEndObject();
    }

    private static void WriteFailure(Utf8JsonWriter writer, FailureSpec failure)
    {
        writer.WriteStartObject("failure");
        WriteDuration(writer, "timeout", failure.Timeout);
        writer.WriteStartObject("retry");
        writer.WriteNumber("maxAttempts", failure.Retry.MaxAttempts);
        WriteDuration(writer, "firstDelay", failure.Retry.FirstDelay);
        writer.WriteNumber("backoff", failure.Retry.Backoff);
        WriteDuration(writer, "maxDelay", failure.Retry.MaxDelay);
        writer.WriteBoolean("jitter", failure.Retry.Jitter);
        writer.WriteEndObject();
        if (failure.Tolerate is { } tolerate)
        {
            writer.WriteStartObject("tolerate");
            if (tolerate.Count is { } count)
                writer.WriteNumber("count", count);
            if (tolerate.Percent is { } percent)
                writer.WriteNumber("percent", percent);
            writer.WriteEndObject();
        }

        WriteDuration(writer, "deadline", failure.Deadline);
        writer.WriteEndObject();
    }

    private static void WriteBatch(Utf8JsonWriter writer, BatchSpec batch)
    {
        writer.WriteStartObject("batch");
        WriteDuration(writer, "slice", batch.Slice);
        writer.WriteNumber("maxItems", batch.MaxItems);
        WriteDuration(writer, "checkpoint", batch.Checkpoint);
        writer.WriteString("dispatch", SpecWords.Dispatch.WordFor(batch.Dispatch));
        if (batch.Branches is { } branches)
            writer.WriteNumber("branches", branches);
        if (batch.Lanes is { } lanes)
            writer.WriteNumber("lanes", lanes);
        writer.WriteEndObject();
    }

    private static void WriteResults(Utf8JsonWriter writer, ResultsSpec results)
    {
        writer.WriteStartObject("results");
        writer.WriteString("keep", SpecWords.Keep.WordFor(results.Keep));
        WriteText(writer, "reduce", results.Reduce);
        writer.WriteEndObject();
    }

    private static void WriteOnComplete(Utf8JsonWriter writer, OnCompleteSpec? onComplete)
    {
        if (onComplete is null)
            return;
        writer.WriteStartObject("onComplete");
        if (onComplete.Webhook is { } webhook)
        {
            writer.WriteStartObject("webhook");
            writer.WriteString("url", webhook.Url);
            WriteText(writer, "secretFrom", webhook.SecretFrom);
            writer.WriteEndObject();
        }

        WriteText(writer, "queue", onComplete.Queue);
        writer.WriteEndObject();
    }

    internal static void WriteOptions(Utf8JsonWriter writer, JsonElement? options)
    {
        if (options is not { } value)
            return;
        writer.WritePropertyName("options");
        CanonicalJson.Write(writer, value, sortFields: true);
    }

    internal static void WriteText(Utf8JsonWriter writer, string name, string? text)
    {
        if (text is not null)
            writer.WriteString(name, text);
    }

    private static void WriteDuration(Utf8JsonWriter writer, string name, TimeSpan? duration)
    {
        if (duration is { } value)
            writer.WriteString(name, HumanDuration.Format(value));
    }
}
