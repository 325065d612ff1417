using System.Text.RegularExpressions;

namespace Fanout.Diagnostics.Stacks;

/// <summary>
/// Names of methods as they were written: what the compiler makes of async methods, lambdas and local functions is undone, and so are signatures and
/// arguments of generics.
/// </summary>
internal static partial class FrameName
{
    /// <summary>A method whose name nobody told.</summary>
    public const string Unknown = "?";

    /// <param name="fullName">The name as the runtime tells it: <c>Namespace.Type+Nested.Method(signature)</c>.</param>
    /// <param name="module">The module it is in, which is all that is known of a method without a name.</param>
    public static string Of(string? fullName, string? module)
    {
        if (string.IsNullOrEmpty(fullName))
            return string.IsNullOrEmpty(module) ? Unknown : $"{module}!{Unknown}";
        var parameters = fullName.IndexOf('(', StringComparison.Ordinal);
        var name = parameters > 0 ? fullName[..parameters] : fullName;
        // The inner first: a state machine may be that of a lambda, <<Method>b__3_0>d.
        name = LocalFunction().Replace(name, "$1.$2");
        name = Lambda().Replace(name, "$1.lambda");
        name = Closure().Replace(name, "");
        name = StateMachine().Replace(name, ".$1");
        name = GenericArguments().Replace(name, "");
        return name.Replace('+', '.');
    }

    // Type+<Method>d__3.MoveNext
    [GeneratedRegex(@"[+.]<([\w.]+)>d(?:__\d+)?(?:`\d+)?(?:\[[^()]*\])?\.MoveNext$")]
    private static partial Regex StateMachine();

    // Type+<>c__DisplayClass3_0.… and Type+<>c.…
    [GeneratedRegex(@"\+<>c(?:__DisplayClass\d+_\d+)?(?:`\d+)?(?:\[[^()\]]*\])?(?=[.+])")]
    private static partial Regex Closure();

    // <Method>g__Local|3_0
    [GeneratedRegex(@"<(\w+)>g__(\w+)\|\d+(?:_\d+)?")]
    private static partial Regex LocalFunction();

    // <Method>b__3_0
    [GeneratedRegex(@"<(\.?\w+)>b__\d+(?:_\d+)?")]
    private static partial Regex Lambda();

    // `2[System.__Canon,System.Int32]
    [GeneratedRegex(@"`\d+|\[[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*\]")]
    private static partial Regex GenericArguments();
}
