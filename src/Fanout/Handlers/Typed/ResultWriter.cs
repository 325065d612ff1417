using System.Buffers;
using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Fanout.Serialization;

namespace Fanout.Handlers.Typed;

/// <summary>Writes results of <typeparamref name="TResult"/> as JSON; null as nothing.</summary>
internal static class ResultWriter<TResult>
{
    /// <exception cref="UnwritableResultException">It cannot be written.</exception>
    public static void Write(TResult result, IBufferWriter<byte> output)
    {
        // The JIT keeps one branch a type; reinterpreting instead of casting keeps unoptimised code from boxing.
        if (typeof(TResult) == typeof(int))
            WriteInteger(Unsafe.As<TResult, int>(ref result), output);
        else if (typeof(TResult) == typeof(long))
            WriteInteger(Unsafe.As<TResult, long>(ref result), output);
        else if (typeof(TResult) == typeof(bool))
            output.Write(Unsafe.As<TResult, bool>(ref result) ? "true"u8 : "false"u8);
        else if (typeof(TResult) == typeof(double) && double.IsFinite(Unsafe.As<TResult, double>(ref result)))
            WriteNumber(Unsafe.As<TResult, double>(ref result), output);
        else if (result is null or JsonElement { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null })
            return;
        else if (result is string text)
            WriteText(text, output);
        else
            Serialize(result, output);
    }

    private static void WriteText(string text, IBufferWriter<byte> output)
    {
        var writer = JsonOutput.Rent(output);
        writer.WriteStringValue(text);
        writer.Flush();
    }

    private static void WriteInteger(long number, IBufferWriter<byte> output)
    {
        Utf8Formatter.TryFormat(number, output.GetSpan(20), out int written);
        output.Advance(written);
    }

    private static void WriteNumber(double number, IBufferWriter<byte> output)
    {
        var writer = JsonOutput.Rent(output);
        writer.WriteNumberValue(number);
        writer.Flush();
    }

    private static void Serialize(TResult result, IBufferWriter<byte> output)
    {
        // Not the thread's writer: converters are user code, which may write results of its own.
        using var writer = new Utf8JsonWriter(output, new() { Encoder = FanoutJson.Options.Encoder });
        try
        {
            JsonSerializer.Serialize(writer, result, FanoutJson.Options);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException or ArgumentException)
        {
            writer.Reset();
            throw new UnwritableResultException(TypeName.Of(typeof(TResult)), e.Message, e);
        }
    }
}
