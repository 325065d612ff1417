using System.Text;
using Fanout.Handlers;

namespace Fanout.Results;

/// <summary>The run reduces numbers and an item's output is none.</summary>
public sealed class NotANumberException : PermanentItemException
{
    private const int MaxShown = 100;

    internal NotANumberException(ReadOnlySpan<byte> output, string problem)
        : base($"The output {Cut(output)} {problem}; results.reduce takes JSON numbers, strings that hold one, and null.")
    {
    }

    /// <inheritdoc/>
    public override string ErrorType => "NotANumber";

    private static string Cut(ReadOnlySpan<byte> output) =>
        output.Length <= MaxShown ? Encoding.UTF8.GetString(output) : Encoding.UTF8.GetString(output[..MaxShown]) + "…";
}
