namespace Fanout.Handlers.Templates;

/// <summary>A template asks for a field the item does not have.</summary>
internal sealed class MissingFieldItemException(string field, bool isText) : PermanentItemException(
    isText
        ? $"The item is plain text and has no field \"{field}\"; use {{}} for the item itself, or {{{{ and }}}} for braces."
        : $"The item is not an object with a field \"{field}\"; correct the item, or use {{{{ and }}}} if braces were meant.")
{
    public override string ErrorType => "MissingField";
}
