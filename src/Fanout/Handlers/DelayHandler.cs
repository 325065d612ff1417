using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Fanout.Handlers.Options;

namespace Fanout.Handlers;

/// <summary>Waits, and fails a part of the items, the same ones every time: for trying out runs without doing anything.</summary>
internal sealed class DelayHandler(TimeSpan delay, double failing, TimeProvider time) : ItemHandler
{
    public static IReadOnlyList<SpecError> Validate(JsonElement? options)
    {
        Read(options, out var reader);
        return reader.Errors;
    }

    /// <exception cref="SpecException">The options are not legal.</exception>
    public static DelayHandler Create(JsonElement? options, TimeProvider time)
    {
        var (delay, failing) = Read(options, out var reader);
        return reader.Errors.Count == 0 ? new(delay, failing, time) : throw new SpecException(reader.Errors);
    }

    public override ValueTask HandleAsync(ItemContext context, IBufferWriter<byte> output, CancellationToken cancellationToken) =>
        delay > TimeSpan.Zero ? new(WaitAsync(context.Index, cancellationToken))
        : Fails(context.Index) ? ValueTask.FromException(Failure(context.Index))
        : ValueTask.CompletedTask;

    private static (TimeSpan Delay, double Failing) Read(JsonElement? options, out OptionsReader reader)
    {
        reader = new("delay", options, "for", "fail");
        if (reader.Find("for") is null)
            reader.Refuse("/for", null, "is missing.", "Say how long each item waits, such as \"5ms\".");
        return (reader.Duration("for", TimeSpan.Zero, TimeSpan.FromHours(24)) ?? TimeSpan.Zero, ReadFailing(reader));
    }

    private static double ReadFailing(OptionsReader reader)
    {
        if (reader.Find("fail") is not { } value)
            return 0;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var part) && part is >= 0 and <= 1)
            return part;
        reader.Refuse("/fail", value, "is not a number from 0 to 1.", "Say which part of the items fails, such as 0.01.");
        return 0;
    }

    private static TransientItemException Failure(long index) =>
        new("Simulated", string.Create(CultureInfo.InvariantCulture, $"item {index} is one of those that were to fail"));

    private async Task WaitAsync(long index, CancellationToken cancellationToken)
    {
        await Task.Delay(delay, time, cancellationToken).ConfigureAwait(false);
        if (Fails(index))
            throw Failure(index);
    }

    // SplitMix64's finalizer (Steele, Lea, Flood 2014): neighbours fall anywhere.
    private bool Fails(long index)
    {
        ulong hash = (ulong)index + 0x9E3779B97F4A7C15UL;
        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9UL;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBUL;
        hash ^= hash >> 31;
        return (hash >> 11) * (1.0 / (1UL << 53)) < failing;
    }
}
