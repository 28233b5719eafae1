using System.Collections;
using System.Reflection;

namespace Prunella.Hosting;

/// <summary>What kind of value an option holds.</summary>
internal enum OptionShape
{
    /// <summary>One value.</summary>
    Scalar,

    /// <summary>Options of its own.</summary>
    Group,

    /// <summary>A list of values or groups.</summary>
    List,

    /// <summary>Values or groups by name.</summary>
    Map,
}

/// <summary>One configurable property of an options class.</summary>
/// <param name="Key">Its name in the file, in camel case.</param>
/// <param name="Property">The property.</param>
/// <param name="Shape">What it holds.</param>
/// <param name="ItemType">The type of the value, or of the values of a list or map.</param>
internal sealed record OptionKey(string Key, PropertyInfo Property, OptionShape Shape, Type ItemType)
{
    /// <summary>The options of a class, in the order of their declaration.</summary>
    internal static IReadOnlyList<OptionKey> Of(Type options) =>
        [.. options.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(IsConfigurable).Select(Describe)];

    /// <summary>Whether values of this type are options of their own.</summary>
    internal static bool IsGroup(Type type) => type.IsClass && type != typeof(string) && type != typeof(Uri) && !type.IsAssignableTo(typeof(IEnumerable));

    private static bool IsConfigurable(PropertyInfo property) =>
        property.GetIndexParameters().Length == 0 && property.GetMethod is { IsPublic: true }
        && (property.SetMethod is { IsPublic: true } || property.PropertyType != typeof(string) && property.PropertyType.IsAssignableTo(typeof(IEnumerable)) || (IsGroup(property.PropertyType) && property.SetMethod is null));

    private static OptionKey Describe(PropertyInfo property)
    {
        var type = property.PropertyType;
        var key = char.ToLowerInvariant(property.Name[0]) + property.Name[1..];
        if (type != typeof(string) && InterfaceOf(type, typeof(IDictionary<,>), typeof(IReadOnlyDictionary<,>)) is { } map)
            return new OptionKey(key, property, OptionShape.Map, map.GetGenericArguments()[1]);
        if (type != typeof(string) && InterfaceOf(type, typeof(IEnumerable<>)) is { } list)
            return new OptionKey(key, property, OptionShape.List, list.GetGenericArguments()[0]);
        return new OptionKey(key, property, IsGroup(type) ? OptionShape.Group : OptionShape.Scalar, Nullable.GetUnderlyingType(type) ?? type);
    }

    private static Type? InterfaceOf(Type type, params Type[] open) =>
        type.GetInterfaces().Prepend(type).FirstOrDefault(candidate => candidate.IsGenericType && open.Contains(candidate.GetGenericTypeDefinition()));
}
