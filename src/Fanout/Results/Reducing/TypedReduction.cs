using System.Text.Json;
using Fanout.Handlers;
using Fanout.Serialization;

namespace Fanout.Results;

/// <summary>A reducer written in C# under its name; states and outputs pass through <see cref="FanoutJson.Options"/>.</summary>
/// <typeparam name="TResult">What items' outputs are read as.</typeparam>
/// <typeparam name="TAccumulate">The state.</typeparam>
/// <param name="name">The name specs use.</param>
/// <param name="reducer">The fold.</param>
public sealed class TypedReduction<TResult, TAccumulate>(string name, IReducer<TResult, TAccumulate> reducer) : IReduction
{
    /// <summary>Longest state, in characters of JSON: 65,536. States are recorded with every batch: totals fit, lists of items do not.</summary>
    public const int MaxStateLength = 64 * 1024;

    /// <inheritdoc/>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public IAccumulator Start(string? state) => new Accumulator(this, Parse(state));

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The state has become longer than <see cref="MaxStateLength"/>.</exception>
    public string? Merge(string? left, string? right) =>
        left is null ? right : right is null ? left : Format(reducer.Merge(Parse(left), Parse(right)));

    /// <inheritdoc/>
    public string Result(string? state) => state ?? Format(reducer.Zero);

    // A zero goes through JSON too: a reducer may return one shared object that Add then changes.
    private TAccumulate Parse(string? state) =>
        JsonSerializer.Deserialize<TAccumulate>(state ?? Format(reducer.Zero), FanoutJson.Options)!;

    private string Format(TAccumulate state)
    {
        var json = JsonSerializer.Serialize(state, FanoutJson.Options);
        return json.Length <= MaxStateLength ? json : throw new InvalidOperationException(
            $"The state of reducer '{Name}' is {json.Length:N0} characters of JSON, more than {MaxStateLength:N0}. Keep totals in it, not items; items' outputs are in the results.");
    }

    private TAccumulate Add(TAccumulate state, TResult result) => reducer.Add(state, result);

    private sealed class Accumulator(TypedReduction<TResult, TAccumulate> reduction, TAccumulate start) : IAccumulator
    {
        private TAccumulate _state = start;

        public void Add(ReadOnlySpan<byte> output)
        {
            try
            {
                var result = JsonSerializer.Deserialize<TResult>(output.IsEmpty ? "null"u8 : output, FanoutJson.Options);
                _state = reduction.Add(_state, result!);
            }
            catch (Exception failure) when (failure is not PermanentItemException)
            {
                throw new UnreducibleOutputException(
                    $"Reducer '{reduction.Name}' did not take the output: {failure.GetType().Name}: {failure.Message}", failure);
            }
        }

        public string Save() => reduction.Format(_state);
    }
}
