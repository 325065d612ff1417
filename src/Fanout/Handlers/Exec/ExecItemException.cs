namespace Fanout.Handlers.Exec;

/// <summary>A command that further attempts would not help.</summary>
internal sealed class ExecItemException(string errorType, string message) : PermanentItemException(message)
{
    public override string ErrorType { get; } = errorType;
}
