namespace Fanout.Results;

/// <summary>A reducer without its types: an associative, commutative fold over item outputs whose state travels as JSON.</summary>
public interface IReduction
{
    /// <summary>The name specs use.</summary>
    string Name { get; }

    /// <summary>A fresh accumulator, or one that goes on from a saved <paramref name="state"/>.</summary>
    IAccumulator Start(string? state);

    /// <summary>What two states amount to; null is the zero.</summary>
    string? Merge(string? left, string? right);

    /// <summary>The value a state stands for, as JSON; null when there is none (min of nothing).</summary>
    string? Result(string? state);
}

/// <summary>One fold under way. Not thread-safe.</summary>
public interface IAccumulator
{
    /// <summary>Folds in one output, a JSON value; empty means null.</summary>
    /// <exception cref="Handlers.PermanentItemException">The output is not something this reducer takes.</exception>
    void Add(ReadOnlySpan<byte> output);

    /// <summary>The state as JSON.</summary>
    string Save();
}

/// <summary>An associative fold over results, merged inside batches and up the tree; commutative too, as items settle in any order.</summary>
/// <typeparam name="TResult">What items' outputs are read as.</typeparam>
/// <typeparam name="TAccumulate">The state; System.Text.Json writes and reads it.</typeparam>
public interface IReducer<in TResult, TAccumulate>
{
    /// <summary>The zero: merging it changes nothing.</summary>
    TAccumulate Zero { get; }

    /// <summary>Folds one result in.</summary>
    TAccumulate Add(TAccumulate state, TResult result);

    /// <summary>Merges two states.</summary>
    TAccumulate Merge(TAccumulate left, TAccumulate right);
}
