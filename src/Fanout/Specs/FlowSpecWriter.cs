using System.Text.Json;

namespace Fanout.Specs;

/// <summary>Writes <c>flow</c> as canonical JSON.</summary>
internal static class FlowSpecWriter
{
    public static void Write(Utf8JsonWriter writer, FlowSpec flow)
    {
        writer.WriteStartObject("flow");
        writer.WriteNumber("concurrency", flow.Concurrency);
        WriteRate(writer, flow.Rate, flow.Allotment.Burst);
        writer.WriteStartArray("limits");
        foreach (var limit in flow.Limits)
            writer.WriteStringValue(limit);
        writer.WriteEndArray();
        writer.WriteNumber("weight", flow.Weight);
        if (flow.PerKey is { } perKey)
            WritePerKey(writer, perKey);
        if (flow.Cost is { } cost)
        {
            writer.WritePropertyName("cost");
            CostSpecJsonConverter.WriteTo(writer, cost);
        }

        // Left out when false: specs were stored before there was the field, and must stay equal to the same spec given again.
        if (flow.Adaptive)
            writer.WriteBoolean("adaptive", true);
        writer.WriteEndObject();
    }

    private static void WritePerKey(Utf8JsonWriter writer, PerKeySpec perKey)
    {
        writer.WriteStartObject("perKey");
        writer.WriteString("key", perKey.Key);
        if (perKey.Concurrency is { } concurrency)
            writer.WriteNumber("concurrency", concurrency);
        WriteRate(writer, perKey.Rate, perKey.Burst ?? FlowSpec.DefaultBurst(perKey.Rate));
        writer.WriteBoolean("ordered", perKey.Ordered);
        writer.WriteEndObject();
    }

    private static void WriteRate(Utf8JsonWriter writer, Rate? rate, int burst)
    {
        if (rate is not { } given)
            return;
        writer.WriteString("rate", given.ToString());
        writer.WriteNumber("burst", burst);
    }
}
